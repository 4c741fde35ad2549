import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine, stopGradient, withoutGradient } from '../../src/engine';
import { assertClose } from '../golden/compare';

describe('stopGradient', () => {
  before(() => startEngine());

  it('keeps numbers, shape and type, and outlives what it was made from', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([[1, 2, 3]], undefined, 'int32');
      const constant = stopGradient(x);
      x.dispose();
      assert.deepEqual([constant.shape, constant.dtype], [[1, 3], 'int32']);
      assertClose(constant, [1, 2, 3]);
    });
  });

  it('lets the gradient through beside it alone', () => {
    tf.tidy(() => {
      const gradient = tf.grad((x) => tf.sum(tf.mul(x, stopGradient(tf.square(x)))));
      assertClose(gradient(tf.tensor1d([2, 3])), [4, 9]);
    });
  });

  it('takes no gradient, not even one of zero: where it is infinite, nothing happens', () => {
    tf.tidy(() => {
      const gradient = tf.grad((x) => tf.sum(tf.add(x, stopGradient(tf.sqrt(x)))));
      assertClose(gradient(tf.tensor1d([0, 4])), [1, 1]);
    });
  });

  it('is a copy of a variable that later assignments leave alone', () => {
    tf.tidy(() => {
      const variable = tf.variable(tf.scalar(1));
      const constant = stopGradient(variable as tf.Tensor);
      variable.assign(tf.scalar(2));
      assertClose(constant, [1]);
    });
  });
});

describe('withoutGradient', () => {
  before(() => startEngine());

  it('leaves the gradient around it alone, though one is taken within or the work fails', () => {
    tf.tidy(() => {
      const gradient = tf.grad((x) => {
        const inner = withoutGradient(() => tf.grad((y) => tf.sum(tf.square(y)))(x)); // 2x, a constant
        assert.throws(() =>
          withoutGradient(() => {
            throw new Error('no');
          }),
        );
        return tf.sum(tf.mul(x, inner));
      });
      assertClose(gradient(tf.tensor1d([2, 3])), [4, 6]);
    });
  });

  it('leaks nothing', () => {
    const x = tf.tensor1d([2, 3]);
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const squared = (x: tf.Tensor) => withoutGradient(() => tf.square(tf.exp(x)));
      tf.grad((x) => tf.sum(tf.mul(x, squared(x))))(x);
    });
    assert.equal(tf.memory().numTensors, before);
    x.dispose();
  });
});
