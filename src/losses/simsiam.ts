import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../engine';
import { unitLength } from '../nn';

/** Projections z and predictions p of two views of the same pictures, `[batch, width]` each, of any length. */
export interface SimsiamViews {
  p1: tf.Tensor2D;
  z1: tf.Tensor2D;
  p2: tf.Tensor2D;
  z2: tf.Tensor2D;
}

/**
 * SimSiam's loss (Chen and He 2021, Eq. 4; DeCLIP's L_ISS): −½ (mean cos(p1, z2) + mean cos(p2, z1)), where no gradient
 * reaches z, which is what keeps all pictures from collapsing into one point.
 *
 * @returns a scalar in [−1, 1]
 */
export function simsiamLoss({ p1, z1, p2, z2 }: SimsiamViews): tf.Scalar {
  const agreement = (p: tf.Tensor2D, z: tf.Tensor2D) =>
    tf.mean(tf.sum(tf.mul(unitLength(p), unitLength(stopGradient(z))), 1));
  return tf.mul(tf.add(agreement(p1, z2), agreement(p2, z1)), -0.5) as tf.Scalar;
}
