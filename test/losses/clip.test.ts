import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { clipLoss, pairLosses } from '../../src/losses';
import { pairLossesInBlocks } from '../../src/losses/clipBlocks';
import { assertClose } from '../golden/compare';
import golden from '../golden/losses.json';

describe('clipLoss', () => {
  const { images, texts, scale, single } = golden.contrastive;

  before(() => startEngine());

  const forms = {
    'in one piece': clipLoss,
    'in blocks of three': (x: tf.Tensor2D, t: tf.Tensor2D, s: tf.Scalar) =>
      tf.mean(pairLossesInBlocks(tf.mul(x, s), t, 3)),
  };
  for (const [form, loss] of Object.entries(forms)) {
    it(`equals the symmetric loss of PyTorch, gradients included, ${form}`, () => {
      tf.tidy(() => {
        const inputs = [tf.tensor2d(images), tf.tensor2d(texts), tf.scalar(scale)];
        const lossOf = (...[x, t, s]: tf.Tensor[]) =>
          loss(x as tf.Tensor2D, t as tf.Tensor2D, s as tf.Scalar);
        const { value, grads } = tf.valueAndGrads(lossOf)(inputs);
        assertClose(value, [single.loss], 1e-5, 'loss');
        assertClose(grads[0], single.gradients.images.flat(), 1e-5, 'gradient of the images');
        assertClose(grads[1], single.gradients.texts.flat(), 1e-5, 'gradient of the texts');
        assertClose(grads[2], [single.gradients.scale], 1e-5, 'gradient of the scale');
      });
    });
  }

  it('is ln(batch) where nothing tells the pairs apart', () => {
    tf.tidy(() => {
      const same = tf.ones([5, 3]) as tf.Tensor2D;
      assertClose(clipLoss(same, same, tf.scalar(20)), [Math.log(5)]);
    });
  });

  it('stays finite at the largest temperature, right pairs or wrong', () => {
    tf.tidy(() => {
      const rows = tf.eye(4);
      assertClose(clipLoss(rows, rows, tf.scalar(100)), [0]);
      assertClose(clipLoss(rows, tf.reverse(rows, 0), tf.scalar(100)), [100]);
    });
  });
});

describe('pairLosses', () => {
  before(() => startEngine());

  it('follows a pair wherever it stands in the batch', () => {
    tf.tidy(() => {
      const [images, texts] = [golden.contrastive.images, golden.contrastive.texts];
      const losses = pairLosses(tf.tensor2d(images), tf.tensor2d(texts), tf.scalar(5)).arraySync();
      const reversed = pairLosses(
        tf.tensor2d([...images].reverse()),
        tf.tensor2d([...texts].reverse()),
        tf.scalar(5),
      );
      assertClose(reversed, [...losses].reverse());
      assert.ok(new Set(losses).size > 1);
    });
  });
});
