import * as tf from '@tensorflow/tfjs-core';

/** Steps of the Newton–Schulz iteration; iSQRT-COV uses 5. */
const ITERATIONS = 5;

/**
 * The second moment of channels over tokens, not centred: Y·Yᵀ / M (bilinear pooling, Lin et al., ICCV 2015).
 *
 * @param y channels as rows, `[batch, channels, tokens]`; masked tokens are zero in every channel
 * @param tokens M, how many tokens count: a number, or one per sample as `[batch, 1, 1]`
 * @returns `[batch, channels, channels]`
 */
export function secondMoment(y: tf.Tensor3D, tokens: number | tf.Tensor3D): tf.Tensor3D {
  return tf.div(tf.matMul(y, y, false, true), tokens);
}

/** The covariance of channels over tokens, with divisor M; arguments and result as for `secondMoment`. */
export function covariance(y: tf.Tensor3D, tokens: number | tf.Tensor3D): tf.Tensor3D {
  const mean = tf.div(tf.sum(y, 2, true), tokens) as tf.Tensor3D;
  return tf.sub(secondMoment(y, tokens), tf.matMul(mean, mean, false, true));
}

/**
 * The square root of symmetric positive semi-definite matrices by coupled Newton–Schulz iteration on the
 * trace-normalised matrix, compensated by the root of the trace (iSQRT-COV, Li et al., CVPR 2018). Only products, so its
 * gradient is stable where eigenvalues coincide; an approximation that is loose in directions of small variance.
 *
 * @param matrix `[batch, n, n]`
 * @param epsilon is added to the trace: a matrix of zeros has the root zero
 * @returns `[batch, n, n]`
 */
export function matrixSquareRoot(matrix: tf.Tensor3D, iterations = ITERATIONS, epsilon = 1e-5): tf.Tensor3D {
  const identity = tf.eye(matrix.shape[1]);
  const trace = tf.add(tf.sum(tf.mul(matrix, identity), [1, 2], true), epsilon);
  let root = tf.div(matrix, trace) as tf.Tensor3D;
  let inverse = tf.tile(tf.expandDims(identity, 0), [matrix.shape[0], 1, 1]) as tf.Tensor3D;
  for (let i = 0; i < iterations; i++) {
    const correction = tf.mul(tf.sub(tf.mul(identity, 3), tf.matMul(inverse, root)), 0.5) as tf.Tensor3D;
    root = tf.matMul(root, correction);
    inverse = tf.matMul(correction, inverse);
  }
  return tf.mul(root, tf.sqrt(trace));
}
