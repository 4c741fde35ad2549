import assert from 'node:assert/strict';
import { weightedOrder } from '../../src/data';

const RARE = [0, 1, 2];
const COMMON = Array.from({ length: 50 }, (_, i) => 10 + i);

describe('weightedOrder', () => {
  const options = { batchSize: 16, seed: 7 };
  const sources = [
    { indices: RARE, weight: 3 },
    { indices: COMMON, weight: 10 },
  ];

  it('fills every batch, with each source’s share to within one picture', () => {
    const batchOf = weightedOrder(sources, options);
    for (let step = 0; step < 50; step++) {
      const batch = batchOf(step);
      assert.equal(batch.length, 16);
      const rare = batch.filter((index) => RARE.includes(index)).length;
      assert.ok(Math.abs(rare - (16 * 3) / 13) < 1, `${rare} of 16 in step ${step}`);
    }
  });

  it('keeps the shares over a run to within one picture, for three sources too', () => {
    const three = [...sources, { indices: [100, 101], weight: 7 }];
    const batchOf = weightedOrder(three, options);
    const drawn = Array.from({ length: 40 }, (_, step) => batchOf(step)).flat();
    for (const { indices, weight } of three) {
      const count = drawn.filter((index) => indices.includes(index)).length;
      assert.ok(Math.abs(count - (drawn.length * weight) / 20) <= 1, `${count} of ${drawn.length}`);
    }
  });

  it('goes through a source epoch by epoch, each a fresh permutation', () => {
    const batchOf = weightedOrder([{ indices: COMMON, weight: 1 }], { batchSize: 25, seed: 7 });
    const epochs = [0, 1].map((epoch) => [...batchOf(2 * epoch), ...batchOf(2 * epoch + 1)]);
    for (const epoch of epochs)
      assert.deepEqual(
        [...epoch].sort((a, b) => a - b),
        COMMON,
      );
    assert.notDeepEqual(epochs[0], epochs[1]);
  });

  it('is a function of the step: a resumed run sees the same batches', () => {
    const [one, other] = [weightedOrder(sources, options), weightedOrder(sources, options)];
    one(0);
    assert.deepEqual(one(31), other(31));
    assert.notDeepEqual(weightedOrder(sources, { ...options, seed: 8 })(31), other(31));
  });

  it('refuses a source without pictures or without a place in a batch', () => {
    const refuse = (wrong: typeof sources) =>
      assert.throws(() => weightedOrder(wrong, options), /at least one place in a batch of 16/);
    refuse([...sources, { indices: [], weight: 5 }]);
    refuse([...sources, { indices: [1], weight: 0.1 }]);
    assert.throws(() => weightedOrder([], options), /at least one source/);
  });
});
