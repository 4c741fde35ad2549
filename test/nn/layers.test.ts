import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { linear, unitLength } from '../../src/nn';
import { assertClose } from '../golden/compare';

describe('linear', () => {
  before(() => startEngine());

  it('multiplies by the transposed weight and adds the bias, whatever axes come before', () => {
    tf.tidy(() => {
      const weight = tf.tensor2d([[1, 2], [3, 4], [5, 6]]); // biome-ignore format: matrix
      const x = tf.tensor3d([1, 0, 0, 1, 1, 1, 2, -1], [2, 2, 2]);
      const found = linear(x, weight, tf.tensor1d([10, 20, 30]));
      assert.deepEqual(found.shape, [2, 2, 3]);
      assertClose(found, [11, 23, 35, 12, 24, 36, 13, 27, 41, 10, 22, 34]);
      assertClose(linear(x, weight), [1, 3, 5, 2, 4, 6, 3, 7, 11, 0, 2, 4]);
    });
  });
});

describe('unitLength', () => {
  before(() => startEngine());

  it('scales rows to length 1 and leaves a zero row zero, with a finite gradient', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([[3, 4], [0, 0], [1e-8, 0]]); // biome-ignore format: matrix
      assertClose(unitLength(x), [0.6, 0.8, 0, 0, 1, 0]);
      const gradient = tf.grad((x) => tf.sum(unitLength(x)))(x);
      assert.ok(gradient.dataSync().every(Number.isFinite));
    });
  });
});
