import * as tf from '@tensorflow/tfjs-core';
import { BLOCKED_FROM } from './blocks';
import { pairLossesInBlocks } from './clipBlocks';

/**
 * The symmetric contrastive loss of CLIP (Radford et al. 2021): each picture must find its text among the batch's
 * texts, each text its picture; the mean of the two cross-entropies. open_clip's `ClipLoss` on one device.
 *
 * @param images unit rows, `[batch, embedDim]`
 * @param texts unit rows, `[batch, embedDim]`, in the same order
 * @param scale what cosines are multiplied by, a scalar
 * @returns a scalar
 */
export function clipLoss(images: tf.Tensor2D, texts: tf.Tensor2D, scale: tf.Scalar): tf.Scalar {
  return tf.mean(pairLosses(images, texts, scale)) as tf.Scalar;
}

/**
 * What some pairs add to `clipLoss`, from their rows and columns of the logits alone: the shares of all pairs add up to it.
 *
 * @param first and count of the pairs
 * @returns a scalar
 */
export function clipLossShare(
  images: tf.Tensor2D,
  texts: tf.Tensor2D,
  scale: tf.Scalar,
  first: number,
  count: number,
): tf.Scalar {
  const [ownImages, ownTexts] = [images, texts].map(
    (rows) => tf.slice(rows, [first], [count]) as tf.Tensor2D,
  );
  const logits = (own: tf.Tensor2D, others: tf.Tensor2D) =>
    tf.mul(tf.matMul(own, others, false, true), scale);
  const rows = tf.logSumExp(logits(ownImages, texts), 1);
  const columns = tf.logSumExp(logits(ownTexts, images), 1);
  const own = tf.mul(tf.sum(tf.mul(ownImages, ownTexts), 1), scale);
  const losses = tf.sub(tf.mul(tf.add(rows, columns), 0.5), own);
  return tf.div(tf.sum(losses), images.shape[0]) as tf.Scalar;
}

/**
 * What each pair adds to the symmetric loss: (row cross-entropy + column cross-entropy) / 2. `[batch]`
 *
 * Large batches, `BLOCKED_FROM` pairs and more, go through the logits in blocks: the same numbers in less memory.
 */
export function pairLosses(images: tf.Tensor2D, texts: tf.Tensor2D, scale: tf.Scalar): tf.Tensor1D {
  if (images.shape[0] >= BLOCKED_FROM) return pairLossesInBlocks(tf.mul(images, scale), texts);
  return pairLossesFromLogits(tf.mul(tf.matMul(images, texts, false, true), scale) as tf.Tensor2D);
}

/**
 * The same from logits of any making, pictures as rows, texts as columns, `[batch, batch]`; the diagonal holds the pairs.
 *
 * @param logits what pictures choose their texts by
 * @param textLogits what texts choose their pictures by, where that is not the same
 */
export function pairLossesFromLogits(logits: tf.Tensor2D, textLogits = logits): tf.Tensor1D {
  const own = diagonal(logits);
  const ownOfTexts = textLogits === logits ? own : diagonal(textLogits);
  const rows = tf.sub(tf.logSumExp(logits, 1), own);
  const columns = tf.sub(tf.logSumExp(textLogits, 0), ownOfTexts);
  return tf.mul(tf.add(rows, columns), 0.5) as tf.Tensor1D;
}

/** `[batch, batch]` → `[batch]` */
function diagonal(matrix: tf.Tensor2D): tf.Tensor1D {
  return tf.sum(tf.mul(matrix, tf.eye(matrix.shape[0])), 1);
}
