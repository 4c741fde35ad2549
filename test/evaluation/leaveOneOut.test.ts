import assert from 'node:assert/strict';
import { leaveOneOut } from '../../src/evaluation/leaveOneOut';

describe('leaveOneOut', () => {
  it('averages the others', () => {
    assert.deepEqual(leaveOneOut({ a: 1, b: 2, c: 6 }), { a: 4, b: 3.5, c: 1.5 });
  });

  it('has the whole mean as the mean of its values', () => {
    const left = Object.values(leaveOneOut({ a: -5.2, b: 5.8, c: 1.1, d: 2.2 }));
    const whole = (-5.2 + 5.8 + 1.1 + 2.2) / 4;
    assert.ok(Math.abs(left.reduce((sum, value) => sum + value) / 4 - whole) < 1e-12);
  });

  it('asks for two values', () => {
    assert.throws(() => leaveOneOut({ a: 1 }), /two values at least to leave one out, got 1/);
  });
});
