import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import {
  addBias,
  hasKernels,
  layerNorm,
  product,
  startEngine,
  withReleasedGradients,
} from '../../src/engine';

describe('withReleasedGradients', () => {
  before(async function () {
    await startEngine();
    if (!hasKernels()) this.skip();
  });

  /** Gradients of a few fused operations in a row, and the most bytes that tensors hold meanwhile. */
  function pass(wrap: <R>(compute: () => R) => R) {
    return tf.tidy(() => {
      const x = tf.randomNormal([64, 32], 0, 1, 'float32', 3) as tf.Tensor2D;
      const weight = tf.variable(tf.randomNormal([32, 32], 0, 0.2, 'float32', 4));
      const [gain, bias] = [tf.variable(tf.ones([32])), tf.variable(tf.zeros([32]))];
      let most = 0;
      const watched = tf.customGrad((x) => ({
        value: (x as tf.Tensor).clone(),
        gradFunc: (dy: tf.Tensor) => {
          most = Math.max(most, tf.memory().numBytes);
          return dy.clone();
        },
      }));
      const loss = () => {
        let hidden = watched(x) as tf.Tensor2D;
        for (let layer = 0; layer < 6; layer++) {
          const normed = layerNorm(watched(hidden) as tf.Tensor2D, gain, bias);
          hidden = addBias(hidden, product(normed, weight), bias);
        }
        return tf.sum(tf.square(hidden)) as tf.Scalar;
      };
      const before = tf.memory().numBytes;
      const { grads } = wrap(() => tf.variableGrads(loss, [weight, gain, bias]));
      const values = [weight, gain, bias].map(({ name }) => [...grads[name].dataSync()]);
      tf.dispose([weight, gain, bias]);
      return { values, peak: most - before };
    });
  }

  it('gives the same gradients in less memory', () => {
    const kept = pass((compute) => compute());
    const released = pass(withReleasedGradients);
    assert.deepEqual(released.values, kept.values);
    const activation = 64 * 32 * 4;
    assert.ok(kept.peak - released.peak > 6 * activation, `${kept.peak} and ${released.peak} bytes`);
  });

  it('ends with the call', () => {
    tf.tidy(() => {
      const [x, bias] = [tf.ones([3, 4]) as tf.Tensor2D, tf.zeros([4])];
      withReleasedGradients(() => {});
      const dy = tf.ones([3, 4]);
      tf.grad((x) => addBias(x as tf.Tensor2D, x as tf.Tensor2D, bias))(x, dy);
      assert.equal(dy.isDisposed, false);
    });
  });
});
