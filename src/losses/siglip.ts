import * as tf from '@tensorflow/tfjs-core';
import { BLOCKED_FROM } from './blocks';
import { siglipLossInBlocks } from './siglipBlocks';

/**
 * SigLIP's sigmoid loss (Zhai et al. 2023, equation in section 3.2): every pair of a picture and a text is a yes-or-no
 * question by itself, yes for a picture's own text. Summed over all pairs and divided by the batch, as in the paper and in
 * open_clip's `SigLipLoss` on one device.
 *
 * −1/N · Σᵢⱼ log σ(zᵢⱼ · (scale · xᵢ·yⱼ + bias)), z 1 on the diagonal and −1 elsewhere. Large batches, `BLOCKED_FROM` pairs and
 * more, go through the logits in blocks: the same numbers in less memory.
 *
 * @param images unit rows, `[batch, embedDim]`
 * @param texts unit rows, `[batch, embedDim]`, in the same order
 * @param scale what cosines are multiplied by, a scalar
 * @param bias what is then added, a scalar; −10 at the start, since nearly all pairs are wrong ones
 * @returns a scalar
 */
export function siglipLoss(
  images: tf.Tensor2D,
  texts: tf.Tensor2D,
  scale: tf.Scalar,
  bias: tf.Scalar,
): tf.Scalar {
  if (images.shape[0] >= BLOCKED_FROM) return siglipLossInBlocks(tf.mul(images, scale), texts, bias);
  const cosines = tf.matMul(images, texts, false, true);
  return siglipLossFromLogits(tf.add(tf.mul(cosines, scale), bias) as tf.Tensor2D);
}

/** The same from logits of any making, `[batch, batch]`; the diagonal holds the pairs. */
export function siglipLossFromLogits(logits: tf.Tensor2D): tf.Scalar {
  const [batch] = logits.shape;
  const wrongness = tf.sub(1, tf.mul(tf.eye(batch), 2)); // −z
  return tf.div(tf.sum(tf.softplus(tf.mul(logits, wrongness))), batch); // −log σ(a) = softplus(−a)
}
