import * as tf from '@tensorflow/tfjs-core';
import { BLOCK_ROWS, gradientsInBlocks, type LogitBlock, throughBlocks } from './blocks';

/**
 * `siglipLoss` with a block of the logits in memory at a time.
 *
 * @param scaled pictures' unit rows times the scale, `[batch, embedDim]`; its gradient is for autodiff to go on with
 * @param texts unit rows, `[batch, embedDim]`, in the same order
 * @param bias a scalar
 * @param rows of a block
 * @returns a scalar
 */
export function siglipLossInBlocks(
  scaled: tf.Tensor2D,
  texts: tf.Tensor2D,
  bias: tf.Scalar,
  rows: number = BLOCK_ROWS,
): tf.Scalar {
  const [batch] = scaled.shape;
  const ones: tf.Tensor2D = tf.ones([batch, 1]);
  const biases = tf.mul(ones, bias) as tf.Tensor2D;
  // x·y + bias is one product, (x, 1)·(y, bias), so that the bias gets its gradient as a part of b
  const losses = questionLosses(tf.concat([scaled, ones], 1), tf.concat([texts, biases], 1), rows);
  return tf.div(tf.sum(losses), batch);
}

/** −Σⱼ log σ(zᵢⱼ · aᵢ·bⱼ) for each picture, `[batch]`. */
function questionLosses(a: tf.Tensor2D, b: tf.Tensor2D, rows: number): tf.Tensor {
  const losses = tf.customGrad((...args) => {
    const [a, b, save] = args as unknown as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
    save([a, b]);
    const { ofRows } = throughBlocks(a, b, rows, ({ logits, own }) => ({
      ofRows: tf.sum(tf.softplus(tf.mul(logits, wrongness(own))), 1),
    }));
    return {
      value: ofRows,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [a, b] = saved as tf.Tensor2D[];
        const gradientOf = (block: LogitBlock) => logitGradient(block, dy as tf.Tensor1D);
        return gradientsInBlocks(a, b, rows, gradientOf);
      },
    };
  });
  return losses(a, b);
}

/** dyᵢ · −zᵢⱼ · σ(−zᵢⱼ · logitᵢⱼ), `[rows, batch]` */
function logitGradient({ logits, own, part }: LogitBlock, dy: tf.Tensor1D): tf.Tensor2D {
  const signs = wrongness(own);
  const wrong = tf.mul(tf.sigmoid(tf.mul(logits, signs)), signs);
  return tf.mul(wrong, tf.expandDims(part(dy), 1));
}

/** −z: −1 where a picture meets its own text, 1 elsewhere. */
function wrongness(own: tf.Tensor2D): tf.Tensor2D {
  return tf.sub(1, tf.mul(own, 2));
}
