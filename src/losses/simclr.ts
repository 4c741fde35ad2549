import * as tf from '@tensorflow/tfjs-core';

/** Subtracted from the logit of a row with itself, which thereby leaves the softmax without a trace; as in SLIP's code. */
const NEVER = 1e9;

/**
 * SimCLR's loss (Chen et al. 2020, "NT-Xent") as SLIP has it: each view must find the other view of its picture among
 * all other rows of both views, 2·batch − 1 of them; the mean over all rows. SLIP's `SIMCLRLoss` on one device.
 *
 * @param a one view of each picture, unit rows, `[batch, width]`; likewise `b`, the other view, in the same order
 * @param temperature what cosines are divided by; published: 0.1
 * @returns a scalar
 */
export function simclrLoss(a: tf.Tensor2D, b: tf.Tensor2D, temperature = 0.1): tf.Scalar {
  const cosines = (x: tf.Tensor2D, y: tf.Tensor2D) => tf.matMul(x, y, false, true);
  const logits = (x: tf.Tensor2D, y: tf.Tensor2D) => tf.div(cosines(x, y), temperature) as tf.Tensor2D;
  const own = tf.mul(tf.eye(a.shape[0]), NEVER);
  const others = (x: tf.Tensor2D) => tf.sub(logits(x, x), own) as tf.Tensor2D;

  const across = logits(a, b);
  const pairs = tf.div(tf.sum(tf.mul(a, b), 1), temperature);
  const ofA = tf.logSumExp(tf.concat([across, others(a)], 1), 1);
  const ofB = tf.logSumExp(tf.concat([tf.transpose(across), others(b)], 1), 1);
  return tf.mean(tf.sub(tf.mul(tf.add(ofA, ofB), 0.5), pairs)) as tf.Scalar;
}
