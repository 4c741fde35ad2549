import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { clipLoss, type DalipOptions, dalipLoss } from '../../src/losses';
import type { Encoded } from '../../src/models';
import { unitLength } from '../../src/nn';
import { assertClose } from '../golden/compare';
import golden from '../golden/losses.json';

const { rows, scale, losses, quarterGradients, summedSimilarity } = golden.dalip;
const NAMES = ['imageFirst', 'imageSecond', 'textFirst', 'textSecond'] as const;

/** Both modalities of rows of any length, in the order of `NAMES`; what stands behind them is left out. */
function encoded(...rows: tf.Tensor[]): [Required<Encoded>, Required<Encoded>] {
  const units = rows.slice(0, NAMES.length).map((row) => unitLength(row as tf.Tensor2D));
  const [imageFirst, imageSecond, textFirst, textSecond] = units;
  return [
    { first: imageFirst, second: imageSecond },
    { first: textFirst, second: textSecond },
  ];
}

/** The loss of the recorded rows and then the scale. */
function lossOf(alpha: number, options: DalipOptions = {}) {
  return (...inputs: tf.Tensor[]) =>
    dalipLoss(...encoded(...inputs), inputs[4] as tf.Scalar, { alpha, ...options });
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

  it('is one loss on the summed similarity where told so, as the figure shows', () => {
    tf.tidy(() => {
      const found = lossOf(0.5, { sum: 'similarities' })(...inputs());
      assertClose(found, [summedSimilarity], 1e-6);
      assertClose([summedSimilarity], [0.301477], 1e-6);
      assert.ok(
        Math.abs(summedSimilarity - losses['0.5']) > 0.02,
        'which is another loss than the summed one',
      );
    });
  });

  /** CLIP's loss on [√α·f, √(1−α)·z], each side. */
  function joinedLoss(alpha: number) {
    return (...inputs: tf.Tensor[]) => {
      const join = (first: tf.Tensor, second: tf.Tensor) => {
        const parts = [
          tf.mul(unitLength(first), Math.sqrt(alpha)),
          tf.mul(unitLength(second), Math.sqrt(1 - alpha)),
        ];
        return tf.concat(parts, 1) as tf.Tensor2D;
      };
      const [imageFirst, imageSecond, textFirst, textSecond, scale] = inputs;
      return clipLoss(join(imageFirst, imageSecond), join(textFirst, textSecond), scale as tf.Scalar);
    };
  }

  for (const alpha of [0, 0.25, 0.5, 0.9, 1]) {
    it(`is on summed similarities CLIP’s loss of joined vectors, gradients included, at alpha ${alpha}`, () => {
      tf.tidy(() => {
        const [own, joined] = [lossOf(alpha, { sum: 'similarities' }), joinedLoss(alpha)];
        assertClose(own(...inputs()), joined(...inputs()).dataSync(), 1e-6);
        const expected = tf.grads(joined)(inputs());
        tf.grads(own)(inputs()).forEach((gradient, i) => {
          assertClose(gradient, expected[i].dataSync(), 1e-6, NAMES[i] ?? 'scale');
        });
      });
    });
  }

  it('multiplies each order by its own logit scale where there are two', () => {
    tf.tidy(() => {
      const [first, second] = [3, 7].map((value) => tf.scalar(value));
      const separate = { first, second };
      const [images, texts] = encoded(...inputs());
      const terms = [
        clipLoss(images.first, texts.first, first),
        clipLoss(images.second, texts.second, second),
      ];
      const [ofFirst, ofSecond] = terms.map((term) => term.dataSync()[0]);
      assertClose(dalipLoss(images, texts, separate, { alpha: 0.3 }), [0.3 * ofFirst + 0.7 * ofSecond], 1e-6);
      assertClose(dalipLoss(images, texts, separate, { alpha: 1, sum: 'similarities' }), [ofFirst], 1e-6);
      assertClose(dalipLoss(images, texts, separate, { alpha: 0, sum: 'similarities' }), [ofSecond], 1e-6);
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
