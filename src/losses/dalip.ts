import * as tf from '@tensorflow/tfjs-core';
import type { Encoded } from '../models';
import { clipLoss } from './clip';

/** How the two orders meet in the loss, and how much each counts. */
export interface DalipOptions {
  /** Weight of the first order, in [0, 1]; the second order has the rest. The official default is 0.5. */
  alpha?: number;
  /**
   * `losses`: α·CLIP(f) + (1−α)·CLIP(z), each order matched on its own, as in the official code.
   * `similarities`: one CLIP loss on α·cos f + (1−α)·cos z, as in the paper's figure with λ1 = α, λ2 = 1−α.
   */
  sum?: 'losses' | 'similarities';
}

/** What cosines are multiplied by: scalars, the same one where the orders share it. */
export interface LogitScales {
  first: tf.Scalar;
  second: tf.Scalar;
}

/**
 * DALIP's loss over first-order f and second-order z.
 *
 * @param images both orders, unit rows `[batch, embedDim]` each; likewise `texts`, in the same order
 * @param scales one logit scale for both orders, or one each
 * @returns a scalar
 * @throws when an embedding has no second-order part
 */
export function dalipLoss(
  images: Encoded,
  texts: Encoded,
  scales: tf.Scalar | LogitScales,
  { alpha = 0.5, sum = 'losses' }: DalipOptions = {},
): tf.Scalar {
  if (!images.second || !texts.second) {
    throw new Error(
      'DALIP’s loss needs second-order embeddings: give the model a `secondOrder` configuration.',
    );
  }
  const { first, second } = scales instanceof tf.Tensor ? { first: scales, second: scales } : scales;
  if (sum === 'losses') {
    const ofFirst = clipLoss(images.first, texts.first, first);
    const ofSecond = clipLoss(images.second, texts.second, second);
    return tf.add(tf.mul(ofFirst, alpha), tf.mul(ofSecond, 1 - alpha)) as tf.Scalar;
  }
  // α·s₁·cos f + (1−α)·s₂·cos z is one product of joined embeddings
  const weighed = [
    tf.mul(images.first, tf.mul(first, alpha)),
    tf.mul(images.second, tf.mul(second, 1 - alpha)),
  ];
  return clipLoss(
    tf.concat(weighed, 1) as tf.Tensor2D,
    tf.concat([texts.first, texts.second], 1),
    tf.scalar(1),
  );
}
