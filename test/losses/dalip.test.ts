import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { clipLoss, dalipLoss } from '../../src/losses';
import { unitLength } from '../../src/nn';
import { assertClose } from '../golden/compare';
import golden from '../golden/losses.json';

const { rows, scale, losses, quarterGradients, summedSimilarity } = golden.dalip;
const NAMES = ['imageFirst', 'imageSecond', 'textFirst', 'textSecond'] as const;

/** The loss of the recorded rows, which are given any length, in the order of `NAMES` and then the scale. */
function lossOf(alpha: number) {
  return (...inputs: tf.Tensor[]) => {
    const [imageFirst, imageSecond, textFirst, textSecond] = inputs.slice(0, 4) as tf.Tensor2D[];
    const images = { first: unitLength(imageFirst), second: unitLength(imageSecond) };
    const texts = { first: unitLength(textFirst), second: unitLength(textSecond) };
    return dalipLoss(images, texts, inputs[4] as tf.Scalar, { alpha });
  };
}

describe('dalipLoss', () => {
  const inputs = () => [...NAMES.map((name) => tf.tensor2d(rows[name])), tf.scalar(scale)];

  before(() => startEngine());

  for (const [alpha, expected] of Object.entries(losses)) {
    it(`equals the official loss at alpha ${alpha}`, () => {
      tf.tidy(() => assertClose(lossOf(Number(alpha))(...inputs()), [expected]));
    });
  }

  it('has its gradients too, at alpha 0.25', () => {
    tf.tidy(() => {
      const found = tf.grads(lossOf(0.25))(inputs());
      NAMES.forEach((name, i) => {
        assertClose(found[i], quarterGradients[name].flat(), 1e-5, name);
      });
      assertClose(found[4], [quarterGradients.scale], 1e-5, 'scale');
    });
  });

  it('gives no gradient to the order whose weight is zero', () => {
    tf.tidy(() => {
      const [imageFirst, imageSecond, textFirst, textSecond] = tf.grads(lossOf(1))(inputs());
      for (const gradient of [imageSecond, textSecond]) assertClose(gradient, [0, 0, 0, 0], 0);
      for (const gradient of [imageFirst, textFirst]) {
        assert.ok(tf.max(tf.abs(gradient)).dataSync()[0] > 0.01);
      }
    });
  });

  it('is not the loss of the summed similarity, which the figure shows', () => {
    tf.tidy(() => {
      const [imageFirst, imageSecond, textFirst, textSecond] = NAMES.map((name) =>
        unitLength(tf.tensor2d(rows[name])),
      );
      const join = (f: tf.Tensor, z: tf.Tensor) => tf.mul(tf.concat([f, z], 1), Math.SQRT1_2) as tf.Tensor2D;
      const joined = [join(imageFirst, imageSecond), join(textFirst, textSecond)];
      assertClose(clipLoss(joined[0], joined[1], tf.scalar(scale)), [summedSimilarity]);
      assert.ok(Math.abs(summedSimilarity - losses['0.5']) > 0.02);
    });
  });

  it('asks for second-order embeddings in one sentence', () => {
    tf.tidy(() => {
      const first = tf.eye(2);
      assert.throws(
        () => dalipLoss({ first }, { first, second: first }, tf.scalar(1)),
        /needs second-order embeddings: give the model a `secondOrder` configuration\.$/,
      );
    });
  });
});
