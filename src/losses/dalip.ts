import * as tf from '@tensorflow/tfjs-core';
import type { Encoded } from '../models';
import { pairLossesFromLogits } from './clip';

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
  const logits = [
    tf.mul(tf.matMul(images.first, texts.first, false, true), first) as tf.Tensor2D,
    tf.mul(tf.matMul(images.second, texts.second, false, true), second) as tf.Tensor2D,
  ];
  const weigh = (terms: readonly tf.Tensor[]) => tf.add(tf.mul(terms[0], alpha), tf.mul(terms[1], 1 - alpha));
  if (sum === 'similarities') return tf.mean(pairLossesFromLogits(weigh(logits) as tf.Tensor2D));
  return weigh(logits.map((term) => tf.mean(pairLossesFromLogits(term)))) as tf.Scalar;
}
