import type * as tf from '@tensorflow/tfjs-core';

let releasing = false;

/**
 * Runs `compute`, in which the gradient of a fused operation frees the gradient it was given as soon as it has made its own of
 * it. tfjs keeps all of them until the whole backward pass is done, as much memory again as the activations take.
 *
 * To be used where nobody looks at the gradients in between, and a gradient that is handed in (`tf.grads(f)(x, dy)`) is not
 * used again.
 */
export function withReleasedGradients<Result>(compute: () => Result): Result {
  const before = releasing;
  releasing = true;
  try {
    return compute();
  } finally {
    releasing = before;
  }
}

/** Frees a gradient that was used, under `withReleasedGradients`. */
export function release<Result>(dy: tf.Tensor, result: Result): Result {
  if (releasing) dy.dispose();
  return result;
}
