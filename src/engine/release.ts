import type * as tf from '@tensorflow/tfjs-core';

let releasing = false;

/**
 * Runs `compute`, in which the gradient of a fused operation frees the gradient it was given, and what was saved for it, as
 * soon as it has made its own of them. tfjs keeps all of them until the whole backward pass is done.
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

/** Frees a gradient that was used and what was saved for its operation, under `withReleasedGradients`. */
export function release<Result>(dy: tf.Tensor, saved: readonly tf.Tensor[], result: Result): Result {
  if (releasing) for (const tensor of [dy, ...saved]) tensor.dispose();
  return result;
}
