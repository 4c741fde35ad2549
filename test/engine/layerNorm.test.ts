import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, layerNorm, startEngine } from '../../src/engine';
import { assertClose } from '../golden/compare';
import { numericGradient } from './numericGradient';

const EPSILON = 1e-3;

/** The definition, differentiated by tfjs itself. */
function composed(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, EPSILON))), gain), bias);
}

const fused = (x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor) => layerNorm(x, gain, bias, EPSILON);

describe('layerNorm', () => {
  const random = createRandom(2);
  const normal = (...shape: number[]) => {
    const size = shape.reduce((product, side) => product * side, 1);
    return tf.tensor(
      Float32Array.from({ length: size }, () => random.normal()),
      shape,
    );
  };
  const inputs = (...shape: number[]) => {
    const width = shape[shape.length - 1];
    return [tf.add(normal(...shape), 3), normal(width), normal(width)];
  };

  before(() => startEngine());

  for (const shape of [[5], [4, 5], [2, 3, 5], [2, 3, 2, 5]]) {
    it(`equals its definition and all three gradients on [${shape}]`, () => {
      tf.tidy(() => {
        const [x, gain, bias] = inputs(...shape);
        assertClose(fused(x, gain, bias), composed(x, gain, bias).dataSync());
        const probe = normal(...shape);
        const gradientsOf = (f: typeof fused) =>
          tf.grads((...args: tf.Tensor[]) => tf.sum(tf.mul(f(args[0], args[1], args[2]), probe)))([
            x,
            gain,
            bias,
          ]);
        const expected = gradientsOf(composed);
        gradientsOf(fused).forEach((gradient, i) => {
          assert.deepEqual(gradient.shape, expected[i].shape);
          assertClose(gradient, expected[i].dataSync(), 1e-5, ['x', 'gain', 'bias'][i]);
        });
      });
    });
  }

  it('has the gradient of finite differences', () => {
    tf.tidy(() => {
      const [x, gain, bias] = inputs(2, 4);
      const probe = normal(2, 4);
      const found = tf.grad((x) => tf.sum(tf.mul(fused(x, gain, bias), probe)))(x);
      assertClose(
        found,
        numericGradient((x) => fused(x, gain, bias), x, probe),
        5e-3,
      );
    });
  });

  it('stays finite on a constant row', () => {
    tf.tidy(() => {
      const [x, gain, bias] = [tf.fill([1, 4], 7), tf.ones([4]), tf.zeros([4])];
      assertClose(layerNorm(x, gain, bias), [0, 0, 0, 0]);
      const gradient = tf.grad((x) => tf.sum(tf.square(layerNorm(x, gain, bias))))(x);
      assert.ok(gradient.dataSync().every(Number.isFinite));
    });
  });
});
