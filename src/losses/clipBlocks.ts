import * as tf from '@tensorflow/tfjs-core';
import { BLOCK_ROWS, gradientsInBlocks, type LogitBlock, throughBlocks } from './blocks';

/**
 * `pairLosses` with a block of the logits in memory at a time. A block has whole rows, so that their sums of exponentials
 * are there at once; those of the columns grow from block to block (Milakov and Gimelshein 2018, "Online normalizer
 * calculation for softmax").
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
    const { ofImages, ofTexts, own } = softmaxSums(a, b, rows);
    save([a, b, ofImages.largest, ofImages.sum, ofTexts.largest, ofTexts.sum]);
    return {
      value: tf.mul(tf.add(crossEntropies(ofImages, own), crossEntropies(ofTexts, own)), 0.5),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [a, b] = saved as tf.Tensor2D[];
        const [, , largest, sum, largestOfTexts, sumOfTexts] = saved as tf.Tensor1D[];
        const sums = { ofImages: { largest, sum }, ofTexts: { largest: largestOfTexts, sum: sumOfTexts } };
        return gradientsInBlocks(a, b, rows, (block) => logitGradient(block, sums, dy as tf.Tensor1D));
      },
    };
  });
  return losses(scaled, texts) as tf.Tensor1D;
}

/**
 * What a softmax over each row or column needs to know of it, `[batch]` each. Not their logarithm log Σ exp: at a logit
 * scale of 100 its rounding is larger than what a pair that is found has left to lose.
 */
interface Sums {
  /** The largest logit. */
  largest: tf.Tensor1D;
  /** Σ exp(logit − largest). */
  sum: tf.Tensor1D;
}

type BothSums = Record<'ofImages' | 'ofTexts', Sums>;

/** The sums of the rows of a·bᵀ and of its columns, and its diagonal, `[batch]`. */
function softmaxSums(a: tf.Tensor2D, b: tf.Tensor2D, rows: number): BothSums & { own: tf.Tensor1D } {
  const { ofRows, ofColumns } = throughBlocks(a, b, rows, ({ logits, own }, before) => {
    const largest = tf.max(logits, 1);
    const sum = tf.sum(tf.exp(tf.sub(logits, tf.expandDims(largest, 1))), 1);
    return {
      ofRows: tf.stack([largest, sum, tf.sum(tf.mul(logits, own), 1)], 1),
      ofColumns: addColumns(logits, before),
    };
  });
  const [largest, sum, own] = tf.unstack(ofRows, 1) as tf.Tensor1D[];
  const [largestOfTexts, sumOfTexts] = tf.unstack(ofColumns!) as tf.Tensor1D[];
  return { ofImages: { largest, sum }, ofTexts: { largest: largestOfTexts, sum: sumOfTexts }, own };
}

/** The columns' `largest` and `sum` over these rows and those before, `[2, batch]`. */
function addColumns(logits: tf.Tensor2D, before: tf.Tensor | undefined): tf.Tensor {
  const [, batch] = logits.shape;
  const [largestBefore, sumBefore] = before
    ? tf.unstack(before)
    : [tf.fill([batch], Number.NEGATIVE_INFINITY), tf.zeros([batch])];
  const largest = tf.maximum(largestBefore, tf.max(logits, 0));
  const sum = tf.sum(tf.exp(tf.sub(logits, largest)), 0);
  return tf.stack([largest, tf.add(sum, tf.mul(sumBefore, tf.exp(tf.sub(largestBefore, largest))))]);
}

/** log Σ exp − own, `[batch]` */
function crossEntropies({ largest, sum }: Sums, own: tf.Tensor1D): tf.Tensor {
  return tf.add(tf.sub(largest, own), tf.log(sum));
}

/** ½·dyᵢ·softmax over row i + ½·dyⱼ·softmax over column j − dyᵢ where i = j. `[rows, batch]` */
function logitGradient(
  { logits, own, part }: LogitBlock,
  { ofImages, ofTexts }: BothSums,
  dy: tf.Tensor1D,
): tf.Tensor2D {
  const half = (sum: tf.Tensor1D) => tf.mul(tf.div(dy, sum), 0.5) as tf.Tensor1D;
  const column = (values: tf.Tensor1D) => tf.expandDims(part(values), 1);
  const ofRow = tf.mul(tf.exp(tf.sub(logits, column(ofImages.largest))), column(half(ofImages.sum)));
  const ofColumn = tf.mul(tf.exp(tf.sub(logits, ofTexts.largest)), half(ofTexts.sum));
  return tf.sub(tf.add(ofRow, ofColumn), tf.mul(own, dy));
}
