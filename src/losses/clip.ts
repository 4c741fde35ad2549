import * as tf from '@tensorflow/tfjs-core';

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

/** What each pair adds to the symmetric loss: (row cross-entropy + column cross-entropy) / 2. `[batch]` */
export function pairLosses(images: tf.Tensor2D, texts: tf.Tensor2D, scale: tf.Scalar): tf.Tensor1D {
  return pairLossesFromLogits(tf.mul(tf.matMul(images, texts, false, true), scale) as tf.Tensor2D);
}

/** @param logits pictures as rows, texts as columns, `[batch, batch]`; the diagonal holds the pairs */
export function pairLossesFromLogits(logits: tf.Tensor2D): tf.Tensor1D {
  const own = tf.sum(tf.mul(logits, tf.eye(logits.shape[0])), 1);
  const rows = tf.sub(tf.logSumExp(logits, 1), own);
  const columns = tf.sub(tf.logSumExp(logits, 0), own);
  return tf.mul(tf.add(rows, columns), 0.5) as tf.Tensor1D;
}
