import * as tf from '@tensorflow/tfjs-core';
import type { Encoded } from '../models';
import { clipLoss } from './clip';

/**
 * DALIP's two-term loss as the official code has it: α·CLIP(f) + (1−α)·CLIP(z), first-order f and second-order z
 * matched each on its own, with one shared logit scale.
 *
 * @param images both orders, unit rows `[batch, embedDim]` each; likewise `texts`, in the same order
 * @param scale what cosines are multiplied by, a scalar
 * @param alpha weight of the first-order term, in [0, 1]; the official default is 0.5
 * @returns a scalar
 * @throws when an embedding has no second-order part
 */
export function dalipLoss(images: Encoded, texts: Encoded, scale: tf.Scalar, alpha = 0.5): tf.Scalar {
  if (!images.second || !texts.second) {
    throw new Error(
      'DALIP’s loss needs second-order embeddings: give the model a `secondOrder` configuration.',
    );
  }
  const firstOrder = clipLoss(images.first, texts.first, scale);
  const secondOrder = clipLoss(images.second, texts.second, scale);
  return tf.add(tf.mul(firstOrder, alpha), tf.mul(secondOrder, 1 - alpha)) as tf.Scalar;
}
