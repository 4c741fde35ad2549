import * as tf from '@tensorflow/tfjs-core';

/**
 * The gradient of Σ probe·f(x) by central differences, one coordinate after the other.
 *
 * @param step large enough that 32-bit rounding of f does not matter; the error is of the order of its square
 */
export function numericGradient(
  f: (x: tf.Tensor) => tf.Tensor,
  x: tf.Tensor,
  probe: tf.Tensor,
  step = 1e-2,
): Float32Array {
  const values = Float32Array.from(x.dataSync());
  const weights = probe.dataSync();
  const at = (i: number, shift: number) => {
    const moved = values.slice();
    moved[i] += shift;
    const results = tf.tidy(() => f(tf.tensor(moved, x.shape)).dataSync());
    return Array.from(results).reduce((sum, result, place) => sum + result * weights[place], 0);
  };
  return values.map((_, i) => (at(i, step) - at(i, -step)) / (2 * step));
}
