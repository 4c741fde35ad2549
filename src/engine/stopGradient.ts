import * as tf from '@tensorflow/tfjs-core';

/** The same numbers, as a constant: no gradient flows back through them (PyTorch's `detach`). */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  return withoutGradient(() => tf.clone(x));
}

/**
 * What `compute` returns, as a constant: nothing of its work is noted down for a gradient, as under PyTorch's `no_grad`.
 * The numbers stay in the engine, and where a gradient would be infinite none is taken, so that no 0·∞ arises.
 */
export function withoutGradient<Result>(compute: () => Result): Result {
  const { state } = tf.engine();
  const { gradientDepth, activeTape } = state;
  state.gradientDepth = 0;
  try {
    return compute();
  } finally {
    state.gradientDepth = gradientDepth;
    state.activeTape = activeTape; // a gradient taken within `compute` has ended its own
  }
}
