import assert from 'node:assert/strict';
import { epochOrder, stepsPerEpoch, takeBatch } from '../../src/data';
import { tinySet } from './fixtures';

const set = tinySet(10);

describe('epochOrder', () => {
  it('is a permutation, fixed by the seed and the epoch', () => {
    const order = epochOrder(10, 1, 0);
    assert.deepEqual([...order].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.deepEqual(epochOrder(10, 1, 0), order);
    assert.notDeepEqual(epochOrder(10, 1, 1), order);
    assert.notDeepEqual(epochOrder(10, 2, 0), order);
  });
});

describe('stepsPerEpoch', () => {
  it('leaves the smaller last batch out', () => {
    assert.deepEqual([stepsPerEpoch(10, 4), stepsPerEpoch(8, 4), stepsPerEpoch(3, 4)], [2, 2, 0]);
  });
});

describe('takeBatch', () => {
  it('copies, so that the set stays as it is', () => {
    const batch = takeBatch(set, [2, 2]);
    batch.pixels.fill(9);
    assert.deepEqual(batch.keys, ['2', '2']);
    assert.equal(set.pixels[6], 2);
  });

  it('takes pixels, texts and meta of the same samples, in the order asked for', () => {
    const { keys, pixels, texts, metas } = takeBatch(set, [7, 3]);
    assert.deepEqual([keys, [pixels[0], pixels[3]]], [['7', '3'], [7, 3]]); // biome-ignore format: one line
    assert.deepEqual([texts, metas], [[['text 7'], ['text 3']], [{ number: 7 }, { number: 3 }]]); // biome-ignore format: one line
  });
});
