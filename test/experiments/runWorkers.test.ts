import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEngine } from '../../src/engine';
import { type Experiment, type RunSummary, runExperiment, stagesOf } from '../../src/experiments';
import { temporaryFolder } from '../data/fixtures';
import { recordingProgress, TINY_EXPERIMENT } from './tinyExperiment';

const MODULE = require.resolve('./tinyExperiment');
const { quick } = TINY_EXPERIMENT.profiles;

/** One seed of all three arms, one of which starts from another. */
const CHAIN: Experiment = {
  ...TINY_EXPERIMENT,
  profiles: { ...TINY_EXPERIMENT.profiles, quick: { ...quick, arms: undefined } },
};

describe('runExperiment with several jobs', function () {
  this.timeout(60_000);
  const root = temporaryFolder();
  const summaryOf = (folder: string, name: string): RunSummary =>
    JSON.parse(readFileSync(join(folder, 'runs', name, 'summary.json'), 'utf8'));

  before(() => startEngine());

  it('trains the same models as one job does, those that start from others included', async () => {
    const options = { profileName: 'quick' as const, module: MODULE };
    const progress = recordingProgress();
    const alone = await runExperiment(CHAIN, {
      ...options,
      progress: recordingProgress(),
      root: join(root, '1'),
    });
    const together = await runExperiment(CHAIN, { ...options, progress, root: join(root, '2'), jobs: 2 });
    for (const name of ['clip-seed-0', 'alip-seed-0', 'tuned-seed-0']) {
      const [one, two] = [alone, together].map(({ folder }) => summaryOf(folder, name));
      assert.deepEqual(two.scores, one.scores);
      two.curve.values.forEach((value, i) => {
        assert.ok(Math.abs(value - one.curve.values[i]) < 1e-5, `${name}: ${value}`);
      });
    }
    assert.deepEqual(
      progress.stages,
      stagesOf(CHAIN, 'quick', 2).map(({ name }) => name),
    );
    assert.equal(progress.updates.at(-1), 6);
  });

  it('stops all runs when one fails, and says why', async () => {
    const folder = join(root, '3/tiny/quick/runs/alip-seed-0');
    const options = { profileName: 'quick' as const, module: MODULE, root: join(root, '3') };
    await runExperiment(TINY_EXPERIMENT, { ...options, progress: recordingProgress() });
    assert.ok(existsSync(folder));
    const spoilt = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
    require('node:fs').writeFileSync(
      join(folder, 'config.json'),
      JSON.stringify({ ...spoilt, arm: 'another' }),
    );
    await assert.rejects(
      runExperiment(TINY_EXPERIMENT, { ...options, progress: recordingProgress(), jobs: 2 }),
      /another configuration \(arm/,
    );
  });

  it('stops in good order when asked', async () => {
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(
      runExperiment(TINY_EXPERIMENT, {
        profileName: 'quick',
        progress: recordingProgress(),
        root: join(root, '4'),
        jobs: 2,
        module: MODULE,
        signal: controller.signal,
      }),
      { name: 'RunInterruptedError' },
    );
  });
});
