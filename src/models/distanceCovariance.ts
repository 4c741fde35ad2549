import * as tf from '@tensorflow/tfjs-core';

/**
 * The Brownian distance covariance matrix of channels over tokens (DALIP, overview figure; DeepBDC, Xie et al. 2022):
 * Euclidean distances between channels, then double centring.
 *
 * D̂(a,b) = √( max(0, ‖y_a − y_b‖²) / 2M + ε ),  D = D̂ − row mean − column mean + total mean.
 *
 * @param y channels as rows, `[batch, channels, tokens]`; masked tokens are zero in every channel
 * @param tokens M, how many tokens count: a number, or one per sample as `[batch, 1, 1]`
 * @param epsilon keeps the root's gradient finite where two channels coincide
 * @returns `[batch, channels, channels]`, symmetric, rows and columns sum to zero
 */
export function distanceCovariance(
  y: tf.Tensor3D,
  tokens: number | tf.Tensor3D,
  epsilon = 1e-5,
): tf.Tensor3D {
  const gram = tf.matMul(y, y, false, true) as tf.Tensor3D;
  const squares = tf.sum(tf.square(y), 2, true); // [batch, channels, 1]
  const distances = tf.sub(tf.add(squares, tf.transpose(squares, [0, 2, 1])), tf.mul(gram, 2));
  const others = tf.sub(1, tf.eye(y.shape[1])); // the diagonal is 0, not the rounding error that the root magnifies
  const scaled = tf.div(tf.mul(tf.maximum(distances, 0), others), tf.mul(tokens, 2));
  return doubleCentre(tf.sqrt(tf.add(scaled, epsilon)) as tf.Tensor3D);
}

/** A − row means − column means + total mean. `[batch, n, n]` */
export function doubleCentre(matrix: tf.Tensor3D): tf.Tensor3D {
  const rows = tf.mean(matrix, 2, true);
  const columns = tf.mean(matrix, 1, true);
  return tf.add(tf.sub(tf.sub(matrix, rows), columns), tf.mean(rows, 1, true)) as tf.Tensor3D;
}

/** The upper triangle with its diagonal, row by row. `[batch, n, n]` → `[batch, n(n+1)/2]` */
export function upperTriangle(matrix: tf.Tensor3D): tf.Tensor2D {
  const [batch, n] = matrix.shape;
  const places: number[] = [];
  for (let row = 0; row < n; row++)
    for (let column = row; column < n; column++) places.push(row * n + column);
  return tf.gather(tf.reshape(matrix, [batch, n * n]), tf.tensor1d(places, 'int32'), 1) as tf.Tensor2D;
}
