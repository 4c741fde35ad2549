import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { projectRoot } from '../../src/data/projectRoot';
import { readSafetensors } from '../../src/files';
import { temporaryFolder, wholeSamples, writeShard } from '../data/fixtures';
import { TINY } from '../tiny';
import { hasMpi, mpirunCommand, startMpirunOf } from './mpirun';

const CLIPBOOK = join(projectRoot(), 'bin', 'clipbook.js');

/** `mpirun … clipbook train`, as a user types it. */
describe('clipbook train under mpirun', function () {
  this.timeout(180_000);
  const folder = temporaryFolder();
  let shard: string;
  before(async function () {
    if (!hasMpi()) this.skip();
    shard = await writeShard(join(folder, 'samples.tar'), await wholeSamples(0, 24));
  });
  const slow = Boolean(process.env.CLIPBOOK_SLOW);

  function configOf(name: string, steps: number, stream: boolean): string {
    const path = join(folder, `${name}.json`);
    const recipe = { steps, batchSize: 8, learningRate: 1e-3, warmupSteps: 1, seed: 0 };
    const config = {
      name,
      data: { shards: shard, stream },
      objective: 'clip',
      model: TINY,
      recipe,
      checkpointEvery: 3,
    };
    writeFileSync(path, JSON.stringify(config));
    return path;
  }

  async function train(ranks: number, ...args: string[]): Promise<{ code: number | null; said: string }> {
    const run = startMpirunOf(mpirunCommand(ranks, [CLIPBOOK, 'train', ...args, '--output', folder]));
    let said = '';
    for (const stream of [run.stdout!, run.stderr!]) stream.on('data', (text) => (said += text));
    const [code] = await once(run, 'close');
    return { code, said };
  }

  const runOf = (name: string) => join(folder, 'train', 'runs', name);
  const checkpointsOf = (name: string) =>
    existsSync(join(runOf(name), 'checkpoints')) ? readdirSync(join(runOf(name), 'checkpoints')) : [];
  const stepsOf = (name: string) =>
    readFileSync(join(runOf(name), 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { step: number; loss: number });

  it('ends with the weights of one process, of data in memory and (slow) of a stream', async () => {
    for (const stream of slow ? [false, true] : [false]) {
      const [one, two] = [`one-${stream}`, `two-${stream}`];
      for (const [name, ranks] of [
        [one, 1],
        [two, 2],
      ] as const) {
        const { code, said } = await train(ranks, configOf(name, 4, stream));
        assert.equal(code, 0, said);
        assert.equal(said.match(/is trained/g)?.length, 1, 'the first rank alone says so');
      }
      const weights = [one, two].map((name) =>
        readSafetensors(join(runOf(name), 'checkpoints', 'step-000004.safetensors')),
      );
      for (const [name, { data }] of weights[0]) {
        if (name.endsWith('in_proj_bias')) continue; // keys' biases do nothing but round, see training.test.ts
        const other = weights[1].get(name)!.data;
        data.forEach((value, i) => {
          assert.ok(Math.abs(Number(value) - Number(other[i])) < 1e-5, `${name}: ${value}, ${other[i]}`);
        });
      }
    }
  });

  it('refuses to train a run anew, in one sentence', async () => {
    const path = configOf('refused', 2, false);
    const first = await train(1, path);
    assert.equal(first.code, 0, first.said);
    const { code, said } = await train(2, path);
    assert.equal(code, 1, said);
    assert.equal(
      said.match(/The run in ".*refused" is finished; give the configuration another name/g)?.length,
      1,
    );
    assert.doesNotMatch(said, /MPI_ABORT|cannot go on/);
  });

  it('says once what all ranks find, and ends in good order', async () => {
    const path = configOf('missing', 2, false);
    const { code, said } = await train(2, path, '--data', join(folder, 'none-*.tar'));
    assert.equal(code, 1, said);
    assert.equal(said.match(/Expected .*none-\*\.tar/g)?.length, 1, said);
    assert.doesNotMatch(said, /MPI_ABORT|cannot go on/);
  });

  it('stops at SIGTERM with a checkpoint, and goes on with another number of ranks (slow)', async function () {
    if (!slow) this.skip();
    const steps = 150;
    const undisturbed = await train(1, configOf('undisturbed', steps, false));
    assert.equal(undisturbed.code, 0, undisturbed.said);
    const path = configOf('stopped', steps, false);
    const run = startMpirunOf(mpirunCommand(2, [CLIPBOOK, 'train', path, '--output', folder]));
    while (checkpointsOf('stopped').length === 0) {
      assert.equal(run.exitCode, null, 'the run ended by itself');
      await setTimeout(20);
    }
    run.kill('SIGTERM');
    await once(run, 'close');
    const saved = Math.max(...checkpointsOf('stopped').map((name) => Number(/step-(\d+)/.exec(name)?.[1])));
    assert.ok(saved < steps, 'it was stopped too late to say anything');

    const resumed = await train(1, path, '--resume');
    assert.equal(resumed.code, 0, resumed.said);
    const [found, expected] = [stepsOf('stopped'), stepsOf('undisturbed')];
    assert.deepEqual(
      found.map(({ step }) => step),
      expected.map(({ step }) => step),
    );
    found.forEach(({ step, loss }, i) => {
      if (step > saved + 20) return; // rounding grows; another batch would be off by tenths at once
      assert.ok(Math.abs(loss - expected[i].loss) < 5e-3, `step ${step}: ${loss}, ${expected[i].loss}`);
    });
  });
});
