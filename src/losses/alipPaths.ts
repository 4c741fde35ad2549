import * as tf from '@tensorflow/tfjs-core';
import type { GateWeights } from './alipGates';

/**
 * How ALIP's loss is normalised. `official`: the batch's mean, with the mean of both directions. `paper`: the batch's
 * sum, with the sum of both directions, 2·batch times as much. AdamW hides the factor from all but gradient clipping
 * and epsilon.
 */
export type AlipVariant = 'official' | 'paper';

/** The weighted mean of each path's losses, `[rows]`, and their sum. */
export function weigh(
  textLosses: tf.Tensor1D,
  captionLosses: tf.Tensor1D,
  weights: GateWeights | null,
): tf.Scalar {
  if (!weights) return tf.add(tf.mean(textLosses), tf.mean(captionLosses)) as tf.Scalar;
  const gated = (losses: tf.Tensor1D, pair: tf.Tensor1D) =>
    tf.mean(tf.mul(tf.mul(losses, pair), weights.sample));
  return tf.add(
    gated(textLosses, weights.imageText),
    gated(captionLosses, weights.imageCaption),
  ) as tf.Scalar;
}

/** @param batch rows of the whole batch, on all ranks together */
export function normalise(officialLoss: tf.Scalar, variant: AlipVariant, batch: number): tf.Scalar {
  return variant === 'paper' ? tf.mul(officialLoss, 2 * batch) : officialLoss;
}
