import assert from 'node:assert/strict';
import { rowCosines, toEmbeddings } from '../../src/evaluation';

describe('rowCosines', () => {
  it('compares each row with the row at the same place, whatever their lengths', () => {
    const a = toEmbeddings([1, 0, 0, 2, 3, 4], 2);
    const b = toEmbeddings([5, 0, 1, 0, 4, 3], 2);
    const [same, right, near] = rowCosines(a, b);
    assert.deepEqual([same, right], [1, 0]);
    assert.ok(Math.abs(near - 24 / 25) < 1e-6);
  });

  it('says what it needs of its arguments', () => {
    assert.throws(
      () => rowCosines(toEmbeddings([1, 2], 2), toEmbeddings([1, 2], 1)),
      /of one shape, got 1×2 and 2×1/,
    );
  });
});
