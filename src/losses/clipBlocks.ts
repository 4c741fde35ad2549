import * as tf from '@tensorflow/tfjs-core';
import { BLOCK_ROWS, gradientsInBlocks, type LogitBlock, throughBlocks } from './blocks';

/**
 * `pairLosses` with a block of the logits in memory at a time. A block has whole rows, so that their sums of exponentials
 * are there at once; those of the columns grow from block to block, relative to the largest logit so far (Milakov and
 * Gimelshein 2018, "Online normalizer calculation for softmax").
 *
 * @param scaled pictures' unit rows times the scale, `[batch, embedDim]`; its gradient is for autodiff to go on with
 * @param texts unit rows, `[batch, embedDim]`, in the same order
 * @param rows of a block
 * @returns `[batch]`
 */
export function pairLossesInBlocks(
  scaled: tf.Tensor2D,
  texts: tf.Tensor2D,
  rows: number = BLOCK_ROWS,
): tf.Tensor1D {
  const losses = tf.customGrad((...args) => {
    const [a, b, save] = args as unknown as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
    const { ofImages, ofTexts, own } = logSums(a, b, rows);
    save([a, b, ofImages, ofTexts]);
    return {
      value: tf.tidy(() => tf.sub(tf.mul(tf.add(ofImages, ofTexts), 0.5), own)),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [a, b, ofImages, ofTexts] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];
        const gradientOf = (block: LogitBlock) => logitGradient(block, ofImages, ofTexts, dy as tf.Tensor1D);
        return gradientsInBlocks(a, b, rows, gradientOf);
      },
    };
  });
  return losses(scaled, texts) as tf.Tensor1D;
}

/** log Σ exp of every row and every column of a·bᵀ, and its diagonal. `[batch]` each */
function logSums(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  rows: number,
): Record<'ofImages' | 'ofTexts' | 'own', tf.Tensor1D> {
  return tf.tidy(() => {
    const { ofRows, ofColumns } = throughBlocks(a, b, rows, ({ logits, own }, before) => ({
      ofRows: tf.stack([tf.logSumExp(logits, 1), tf.sum(tf.mul(logits, own), 1)], 1),
      ofColumns: addColumns(logits, before),
    }));
    const [ofImages, own] = tf.unstack(ofRows, 1) as tf.Tensor1D[];
    const [largest, sum] = tf.unstack(ofColumns!);
    return { ofImages, ofTexts: tf.add(largest, tf.log(sum)) as tf.Tensor1D, own };
  });
}

/**
 * Each column's largest logit of all rows so far and, relative to it, the sum of exponentials, `[2, batch]`. Kept apart,
 * since their logarithm, a number of the logits' size, would be rounded off more in every block.
 */
function addColumns(logits: tf.Tensor2D, before: tf.Tensor | undefined): tf.Tensor {
  const [, batch] = logits.shape;
  const [largestBefore, sumBefore] = before
    ? tf.unstack(before)
    : [tf.fill([batch], -Infinity), tf.zeros([batch])];
  const largest = tf.maximum(largestBefore, tf.max(logits, 0));
  const sum = tf.sum(tf.exp(tf.sub(logits, largest)), 0);
  return tf.stack([largest, tf.add(sum, tf.mul(sumBefore, tf.exp(tf.sub(largestBefore, largest))))]);
}

/** ½·dyᵢ·softmax over row i + ½·dyⱼ·softmax over column j − dyᵢ where i = j. `[rows, batch]` */
function logitGradient(
  { logits, own, part }: LogitBlock,
  ofImages: tf.Tensor1D,
  ofTexts: tf.Tensor1D,
  dy: tf.Tensor1D,
): tf.Tensor2D {
  const column = (values: tf.Tensor1D) => tf.expandDims(part(values), 1);
  const ofRow = tf.mul(tf.exp(tf.sub(logits, column(ofImages))), tf.mul(column(dy), 0.5));
  const ofColumn = tf.mul(tf.exp(tf.sub(logits, ofTexts)), tf.mul(dy, 0.5));
  return tf.sub(tf.add(ofRow, ofColumn), tf.mul(own, dy));
}
