import assert from 'node:assert/strict';
import { seedsNeeded } from '../../src/evaluation/seedsNeeded';

describe('seedsNeeded', () => {
  it('is what one computes by hand', () => {
    assert.equal(seedsNeeded(1, 1), 8); // (1.959964 + 0.841621)² = 7.849
    assert.equal(seedsNeeded(3, -1), 71); // 9 · 7.849 = 70.6
    assert.equal(seedsNeeded(1, 1, { power: 0.9 }), 11); // (1.959964 + 1.281552)² = 10.507
  });

  it('is two at least, the fewest that have a spread', () => {
    assert.equal(seedsNeeded(0.1, 5), 2);
  });

  it('cannot show a difference of nothing', () => {
    assert.throws(() => seedsNeeded(1, 0), /an effect other than 0, got 1 and 0/);
  });
});
