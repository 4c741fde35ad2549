import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { gradientDifference } from '../../src/training';

describe('the difference of two gradients', () => {
  before(() => startEngine());
  const gradients = (a: number[], b: number[]) =>
    new Map([
      ['a', tf.tensor(a)],
      ['b', tf.tensor(b)],
    ]);

  it('takes all parameters as one vector', () => {
    const one = gradients([3], [0, 4]);
    assert.deepEqual(gradientDifference(one, one), { cosine: 1, relative: 0 });
    const other = gradientDifference(one, gradients([6], [0, 0]));
    assert.ok(Math.abs(other.cosine - 18 / 30) < 1e-7 && Math.abs(other.relative - 1) < 1e-7);
  });

  it('wants the same parameters', () => {
    const one = gradients([1], [2]);
    assert.throws(() => gradientDifference(one, gradients([1], [2, 3])), /"b" differs/);
    assert.throws(() => gradientDifference(one, new Map([['a', tf.tensor([1])]])), /same parameters/);
  });
});
