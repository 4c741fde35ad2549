import * as tf from '@tensorflow/tfjs-core';

/**
 * DeCLIP's supervision by nearest neighbours (Li et al. 2021, L_NNS as in its official code): each picture must find the
 * neighbour of its text among the neighbours of all texts. One direction only; neighbours look for nobody.
 *
 * @param images unit rows, `[batch, embedDim]`
 * @param neighbours unit rows from the queue, nearest to each picture's text, `[batch, embedDim]`, in the same order
 * @param scale what cosines are multiplied by, a scalar
 * @returns a scalar
 */
export function neighbourLoss(images: tf.Tensor2D, neighbours: tf.Tensor2D, scale: tf.Scalar): tf.Scalar {
  const cosines = tf.matMul(images, neighbours, false, true);
  const own = tf.sum(tf.mul(images, neighbours), 1);
  return tf.mean(tf.sub(tf.logSumExp(tf.mul(cosines, scale), 1), tf.mul(own, scale))) as tf.Scalar;
}
