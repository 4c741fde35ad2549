import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredTextQueue } from '../../src/training';
import { temporaryFolder } from '../data/fixtures';
import { TINY } from '../tiny';
import { hasMpi, mpirun } from './mpirun';
import type { RanksAnswer, RanksJob } from './trainedByRanks';

const STEPS = 20;

/** A query's scores all move by what this adds, and a softmax levels that out: its gradient is rounding, which AdamW enlarges. */
const isKeyBias = (name: string, place: number, width: number) =>
  name.endsWith('in_proj_bias') && place >= width && place < 2 * width;

/**
 * A batch norm takes away what the bias before it adds: its gradient is rounding likewise, and the running mean follows it. All
 * else of these heads, the running variances too, is compared.
 */
const isLevelledOut = (name: string) =>
  /^auxiliary\.simsiam\.\w+\.(linear\d\.bias|bn\d\.running_mean)$/.test(name);

/** The same batches on one process and on several, side by side. */
describe('training across ranks', function () {
  this.timeout(120_000);
  before(function () {
    if (!hasMpi()) {
      console.log('      OpenMPI is not here (on Debian "apt install openmpi-bin"): nothing to compare.');
      this.skip();
    }
  });
  const folder = temporaryFolder();
  const known = new Map<string, RanksAnswer>();

  async function train(
    job: Omit<RanksJob, 'output' | 'steps' | 'batchSize'>,
    ranks: number,
  ): Promise<RanksAnswer> {
    const name = `${JSON.stringify(job).replace(/\W+/g, '-')}-${ranks}`;
    const output = join(folder, `${name}.json`);
    const whole: RanksJob = { ...job, steps: STEPS, batchSize: 8, output };
    if (!known.has(name)) {
      await mpirun(ranks, [
        '--require',
        'tsx/cjs',
        join(__dirname, 'trainedByRanks.ts'),
        JSON.stringify(whole),
      ]);
      known.set(name, JSON.parse(readFileSync(output, 'utf8')));
    }
    return known.get(name)!;
  }

  function assertSame(found: RanksAnswer, expected: RanksAnswer): void {
    found.losses.forEach((loss, step) => {
      const off = Math.abs(loss - expected.losses[step]);
      assert.ok(off < 1e-5, `the loss of step ${step + 1} differs by ${off}`);
    });
    for (const [name, values] of Object.entries(expected.weights)) {
      if (isLevelledOut(name)) continue;
      values.forEach((value, place) => {
        if (isKeyBias(name, place, TINY.vision.width)) return;
        const off = Math.abs(found.weights[name][place] - value);
        assert.ok(off < 1e-5, `entry ${place} of ${name} differs by ${off}`);
      });
    }
  }

  const slow = Boolean(process.env.CLIPBOOK_SLOW);
  const systems = [
    'clip',
    'alip',
    'dalip',
    'declip',
    ...(slow ? (['dalip without batch norm'] as const) : []),
  ] as const;
  for (const system of systems) {
    for (const ranks of slow ? [2, 4] : [2]) {
      it(`gives ${system} the losses and weights of one process after ${STEPS} steps, on ${ranks} ranks`, async () => {
        const [alone, together] = [await train({ system }, 1), await train({ system }, ranks)];
        assert.deepEqual([alone.size, together.size], [1, ranks]);
        assert.ok(together.losses.at(-1)! < together.losses[0], 'nothing is learned');
        assertSame(together, alone);
      });
    }
  }

  function assertClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
    assert.equal(found.length, expected.length);
    for (let i = 0; i < expected.length; i++) {
      assert.ok(Math.abs(found[i] - expected[i]) < 1e-5, `entry ${i}: ${found[i]}, ${expected[i]}`);
    }
  }

  it('remembers what one process remembers: ALIP’s histories', async () => {
    const [alone, together] = [await train({ system: 'alip' }, 1), await train({ system: 'alip' }, 2)];
    const numbers = (memory: unknown) =>
      JSON.stringify(memory)
        .match(/-?\d+(\.\d+)?(e-?\d+)?/g)!
        .map(Number);
    const [found, expected] = [numbers(together.memory), numbers(alone.memory)];
    assert.ok(expected.length >= 3);
    assertClose(found, expected);
  });

  it('remembers what one process remembers: DeCLIP’s queue of texts', async () => {
    for (const ranks of slow ? [2, 4] : [2]) {
      const [expected, found] = [
        (await train({ system: 'declip' }, 1)).memory as StoredTextQueue,
        (await train({ system: 'declip' }, ranks)).memory as StoredTextQueue,
      ];
      const rows = (stored: StoredTextQueue) =>
        new Float32Array(Uint8Array.from(Buffer.from(stored.rows, 'base64')).buffer);
      // The 40 batches of texts, two a step, fill its 44 places six times; four more lie at its front.
      assert.deepEqual([found.pointer, expected.pointer], [32, 32]);
      assertClose(rows(found), rows(expected));
    }
  });

  it('needs no more than the logits of its own pairs, where the loss is local', async () => {
    assertSame(await train({ system: 'clip', localLoss: true }, 2), await train({ system: 'clip' }, 1));
  });

  it('embeds its pairs in chunks', async () => {
    assertSame(await train({ system: 'clip', chunk: 2 }, 2), await train({ system: 'clip' }, 1));
  });
});
