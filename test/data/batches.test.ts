import assert from 'node:assert/strict';
import { createBatches, epochOrder, stepsPerEpoch, takeBatch } from '../../src/data';
import { tinySet } from './fixtures';

const set = tinySet(10);

describe('createBatches', () => {
  it('gives each sample once per epoch, with its own pixels and texts', () => {
    const batches = [...createBatches(set, { batchSize: 3, dropLast: false, epochs: 2 })];
    assert.deepEqual(
      batches.map(({ step, epoch, keys }) => [step, epoch, keys.length]),
      [0, 1, 2, 3, 4, 5, 6, 7].map((step) => [step, step < 4 ? 0 : 1, step % 4 === 3 ? 1 : 3]),
    );
    for (const epoch of [0, 1]) {
      const keys = batches.filter((batch) => batch.epoch === epoch).flatMap((batch) => batch.keys);
      assert.deepEqual([...keys].sort(), set.keys);
    }
    for (const { keys, pixels, indices, texts, metas } of batches) {
      keys.forEach((key, i) => {
        assert.deepEqual(
          [pixels[i * 3], indices[i], texts[i], metas[i]],
          [+key, +key, [`text ${key}`], { number: +key }],
        );
      });
    }
  });

  it('leaves the smaller last batch out', () => {
    assert.equal([...createBatches(set, { batchSize: 4, epochs: 3 })].length, 6);
    assert.equal(stepsPerEpoch(10, 4), 2);
    assert.equal(stepsPerEpoch(10, 4, false), 3);
  });

  it('orders by seed and epoch, or not at all', () => {
    const keys = (options: { seed?: number; shuffle?: boolean }) =>
      [...createBatches(set, { batchSize: 5, epochs: 2, ...options })].flatMap((batch) => batch.keys);
    assert.deepEqual(keys({ seed: 1 }), keys({ seed: 1 }));
    assert.notDeepEqual(keys({ seed: 1 }), keys({ seed: 2 }));
    assert.notDeepEqual(keys({ seed: 1 }).slice(0, 10), keys({ seed: 1 }).slice(10));
    assert.deepEqual(keys({ shuffle: false }), [...set.keys, ...set.keys]);
    assert.notDeepEqual(epochOrder(10, 1, 0), epochOrder(10, 1, 1));
  });

  it('continues exactly from any step', () => {
    const options = { batchSize: 3, seed: 4, epochs: 3 };
    const whole = [...createBatches(set, options)];
    for (let startStep = 0; startStep <= whole.length; startStep++) {
      assert.deepEqual([...createBatches(set, { ...options, startStep })], whole.slice(startStep));
    }
  });

  it('refuses a batch larger than the set', () => {
    assert.throws(
      () => createBatches(set, { batchSize: 11 }).next(),
      /Expected at least one batch of 11 samples, but the set has 10; choose a smaller batch size\./,
    );
  });
});

describe('takeBatch', () => {
  it('copies, so that the set stays as it is', () => {
    const batch = takeBatch(set, [2, 2]);
    batch.pixels.fill(9);
    assert.deepEqual(batch.keys, ['2', '2']);
    assert.equal(set.pixels[6], 2);
  });
});
