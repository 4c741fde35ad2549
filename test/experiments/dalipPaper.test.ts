import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgram } from '../../src/cli/main';
import { startEngine } from '../../src/engine';
import { CLIP_PAPER, DALIP_PAPER } from '../../src/experiments';
import { type StoredTensor, writeSafetensors } from '../../src/files';
import { type ClipConfig, createClip, LOGIT_SCALE_START, VIT_B_16 } from '../../src/models';
import { countParameters, disposeParameters } from '../../src/nn';
import { readMetrics, toTrainingConfig, trainPictures } from '../../src/training';
import { written } from '../cli/written';
import { temporaryFolder } from '../data/fixtures';
import { writePairs } from '../data/syntheticPairs';
import { TINY } from '../tiny';

describe('the presets of DALIP', () => {
  const folder = temporaryFolder();
  const general = join(folder, 'general-00000.tar');
  before(async () => {
    await startEngine();
    for (const i of [0, 1]) {
      const path = join(folder, `plant-0000${i}.tar`);
      await writePairs(path, { subject: 'plant', format: 'jpeg', from: 8 * i, to: 8 * i + 8 });
    }
    await writePairs(general, { subject: 'thing', format: 'webp', from: 0, to: 6 });
  });

  /** A file as OpenCLIP would leave it: the towers and the logit scale, no second-order heads. */
  function writeStart(config: ClipConfig): string {
    const path = join(folder, 'open_clip.safetensors');
    const { parameters } = createClip(config, 11);
    const stored = new Map<string, StoredTensor>();
    for (const [name, variable] of parameters) {
      stored.set(name, { dtype: 'F32', shape: variable.shape, data: variable.dataSync() as Float32Array });
    }
    writeSafetensors(path, stored, { format: 'pt' });
    disposeParameters(parameters);
    return path;
  }

  it('are the published model and loss', () => {
    const { objective, model } = toTrainingConfig({
      ...DALIP_PAPER.settings,
      name: 'x',
      data: { shards: 'a.tar' },
    });
    assert.deepEqual(objective, { name: 'dalip', alpha: 0.5 });
    assert.deepEqual(model.secondOrder, { variant: 'official', heads: 4, reduced: 46, dropout: 0.5 });
    assert.ok(Math.abs(LOGIT_SCALE_START - Math.log(1 / 0.07)) < 1e-12);
    assert.equal(DALIP_PAPER.settings.recipe.steps * DALIP_PAPER.settings.recipe.batchSize, 32 * 13e6);
    const { objective: plain, model: towers, ...rest } = CLIP_PAPER.settings;
    assert.deepEqual([plain, towers], [{ name: 'clip' }, VIT_B_16]);
    const { objective: _, model: __, ...same } = DALIP_PAPER.settings;
    assert.deepEqual(rest, same);
    const ours = DALIP_PAPER.origins.filter(({ from }) => from === 'ours').map(({ place }) => place);
    for (const key of Object.keys(DALIP_PAPER.settings.recipe))
      assert.ok(ours.includes(`recipe.${key}`), key);
  });

  it('start from OpenCLIP’s weights on two sources of shards, with a tiny model', async () => {
    for (const preset of [DALIP_PAPER, CLIP_PAPER]) {
      const { secondOrder } = preset.settings.model;
      const model = { ...TINY, ...(secondOrder && { secondOrder: { ...secondOrder, reduced: 3 } }) };
      const { steps, warmupSteps, ...recipe } = preset.settings.recipe;
      const config = toTrainingConfig({
        ...preset.settings,
        name: preset.id,
        model,
        data: {
          ...preset.settings.data,
          sources: [
            { shards: join(folder, 'plant-{00000..00001}.tar'), weight: 10 },
            { shards: general, weight: 3 },
          ],
        },
        start: writeStart(TINY),
        recipe: { ...recipe, steps: 3, batchSize: 6 },
        logEvery: 1,
      });
      const summary = await trainPictures(config, { root: join(folder, 'results') });
      assert.deepEqual([summary.steps, summary.pairs, summary.skipped.bad], [3, 18, 0]);
      const losses = readMetrics(join(summary.folder, 'metrics.jsonl')).map(({ loss }) => Number(loss));
      assert.ok(losses.length === 3 && losses.every((loss) => loss > 0 && loss < 20), `${losses}`);
    }
  });

  it('run their first steps at full size from the command line (CLIPBOOK_SLOW=1)', async function () {
    if (!process.env.CLIPBOOK_SLOW) this.skip();
    this.timeout(1_800_000);
    const model = createClip(VIT_B_16, 0);
    assert.equal(countParameters(model.parameters), 149_620_737);
    disposeParameters(model.parameters);
    const root = join(folder, 'full');
    const args = ['--preset', 'dalip-paper', '--start', writeStart(VIT_B_16), '--output', root, '--json'];
    const data = [
      '--data',
      join(folder, 'plant-*.tar'),
      '--weight',
      '10',
      '--data',
      general,
      '--weight',
      '3',
    ];
    let json = '';
    await written('stderr', async () => {
      json = await written('stdout', () =>
        createProgram().parseAsync([
          ...['node', 'clipbook', 'train', ...args, ...data],
          ...['--steps', '2', '--batch-size', '4'],
        ]),
      );
    });
    const summary = JSON.parse(json);
    // 149,620,737 in the plain towers and 21,191,960 in each second-order head.
    assert.equal(summary.parameters, 149_620_737 + 2 * 21_191_960);
    assert.deepEqual([summary.steps, summary.pairs, summary.skipped.bad], [2, 8, 0]);
    assert.ok(summary.loss > 0 && summary.loss < 20, `${summary.loss}`);
    const { data: kept } = JSON.parse(readFileSync(join(summary.folder, 'config.json'), 'utf8'));
    assert.deepEqual(
      kept.sources.map(({ weight }: { weight: number }) => weight),
      [10, 3],
    );
    const [first, second] = readMetrics(join(summary.folder, 'metrics.jsonl'));
    console.log(
      `      ${summary.seconds} s for 2 steps; pairs per second ${first.pairsPerSecond}, ${second.pairsPerSecond}; ` +
        `${(process.resourceUsage().maxRSS / 2 ** 20).toFixed(1)} GB at most`,
    );
  });
});
