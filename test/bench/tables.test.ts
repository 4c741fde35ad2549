import assert from 'node:assert/strict';
import {
  BENCH_MODELS,
  benchModels,
  benchTable,
  measurementOf,
  profileTable,
  rangeOf,
  savedBench,
  speedRows,
  timeInTurn,
} from '../../src/bench';
import { groupedCosts, groupOf } from '../../src/bench/operationGroups';
import { lossDifference } from '../../src/bench/training';
import { renderText, type Table } from '../../src/report';

describe('speed figures', () => {
  const way = (by: string, seconds: number[]) => ({ task: 'a step', by, seconds, run: async () => 0 });

  it('are medians with ranges, and ratios of each round', () => {
    const [own, peer] = speedRows([way('clipbook', [2, 1, 4]), way('open_clip', [4, 3, 4])], {
      amount: 8,
      peakMib: { clipbook: 100, open_clip: null },
    });
    assert.deepEqual(own.perSecond, { median: 4, low: 2, high: 8 });
    assert.equal(own.ratio, undefined);
    assert.equal(own.peakMib, 100);
    assert.deepEqual(peer.ratio, { median: 2, low: 1, high: 3 });
    assert.equal(peer.peakMib, null);
    assert.deepEqual(rangeOf([1, 2, 3, 10]), { median: 2.5, low: 1, high: 10 });
    assert.throws(() => rangeOf([]), /at least one value/);
  });

  it('are taken in turn, in the other order every second round', async () => {
    const order: string[] = [];
    const ways = ['a', 'b'].map((by) => ({
      task: 'x',
      by,
      run: async () => order.push(by),
    }));
    const timed = await timeInTurn(ways, 2);
    assert.deepEqual(order, ['a', 'b', 'b', 'a']);
    assert.deepEqual(
      timed.map(({ seconds }) => seconds),
      [
        [1, 4],
        [2, 3],
      ],
    );
  });

  it('stand side by side in a table', () => {
    const rows = speedRows([way('clipbook', [2, 3, 4]), way('open_clip', [6, 4, 4])], { amount: 6 });
    const measured = { title: 'Step', unit: 'pairs', settings: {}, rows, agreement: { 'a step': 1e-7 } };
    const saved = savedBench(measured, { rounds: 1, threads: 2, quick: true }, { torch: '2' });
    const text = renderText(benchTable('training', saved));
    assert.match(text, /a step +│ +clipbook │ +2 │ +1\.5–3 │ +– │/);
    assert.match(text, /a step +│ +open_clip │ +1\.5 │ +1–1\.5 │ +1\.33 │ +1–3 │/);
    assert.match(text, /Largest differences between the results\. a step: 1e-7\./);
  });

  it('are refused where losses differ: not a number differs from everything', () => {
    assert.equal(lossDifference(new Map([['a', [1, 2]]])), 0);
    const losses = (last: number): Map<string, number[]> =>
      new Map([
        ['a', [2, 4]],
        ['b', [2, last]],
      ]);
    assert.equal(lossDifference(losses(5)), 0.25);
    assert.equal(lossDifference(losses(Number.NaN)), Number.POSITIVE_INFINITY);
  });

  it('are of models and things that are known', () => {
    assert.deepEqual(benchModels(undefined, false), BENCH_MODELS);
    assert.deepEqual(
      benchModels(undefined, true).map(({ name, batch, steps }) => [name, batch, steps]),
      [['mini', 32, 1]],
    );
    assert.throws(() => benchModels(['ViT-L-14'], false), /got "ViT-L-14"/);
    assert.throws(() => measurementOf('toString'), /training.*got "toString"/);
  });
});

/** A table as text, on one line. */
const plain = (table: Table) => renderText(table).replace(/\s+/g, ' ');

describe('a profile', () => {
  const operations = new Map([
    ['MatMul', { calls: 10, cpuMs: 40 }],
    ['BatchMatMulV2', { calls: 2, cpuMs: 10 }],
    ['ClipbookAttentionGradient', { calls: 1, cpuMs: 20 }],
  ]);

  it('groups operations by what they are for', () => {
    const names = ['ClipbookAddBias', 'ClipbookLayerNorm', 'ClipbookAdamW', 'Cast', 'Slice', 'Softmax'];
    assert.deepEqual(names.map(groupOf), [
      'biases and activations',
      'normalisation',
      'optimizer',
      'casts',
      'rest',
      'attention',
    ]);
    const [first, second] = groupedCosts(operations);
    assert.deepEqual(first, {
      group: 'matrix products',
      cost: { calls: 12, cpuMs: 50 },
      operations: ['MatMul', 'BatchMatMulV2'],
    });
    assert.equal(second.group, 'attention');
  });

  it('says what is left outside of operations, and what share of the peak is reached', () => {
    const text = plain(
      profileTable({
        machine: 'a machine',
        model: 'mini',
        batch: 2,
        precision: 'f32',
        textTokens: 12,
        stepCpuMs: 100,
        stepWallMs: 60,
        operations,
        products: 5e9,
        peak: 2e11,
      }),
    );
    assert.match(text, /outside of operations │ 30 │ 30\.0/);
    assert.match(text, /200 GFLOP .* 5\.0 GFLOP: 50 % of that peak while they run, 25 % over/);
  });
});
