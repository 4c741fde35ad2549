import * as tf from '@tensorflow/tfjs-core';
import type { Scope } from './parameters';

let recomputing = false;

/** Runs `compute`; when enabled, what it passes through `recomputed` keeps nothing for the gradient but its input. */
export function withRecomputation<Result>(enabled: boolean, compute: () => Result): Result {
  const before = recomputing;
  recomputing = enabled;
  try {
    return compute();
  } finally {
    recomputing = before;
  }
}

/**
 * `block(x, …constants)`, a part of a network with all parameters below `scope`. Under `withRecomputation` the gradient
 * computes it a second time instead of finding its intermediate values in memory: the same numbers for about a third
 * more time (Chen et al. 2016; open_clip's `--grad-checkpointing`).
 *
 * @param block draws nothing at random and changes nothing, since it runs twice
 * @param constants tensors the block needs beside x, without a gradient
 */
export function recomputed<Value extends tf.Tensor>(
  block: (x: Value, ...constants: tf.Tensor[]) => Value,
  x: Value,
  scope: Scope,
  constants: readonly tf.Tensor[] = [],
): Value {
  if (!recomputing) return block(x, ...constants);
  const variables = scope.all();
  const custom = tf.customGrad((...args) => {
    const save = args[args.length - 1] as tf.GradSaveFunc;
    save([x, ...constants]);
    return {
      value: block(x, ...constants),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [again, ...others] = saved;
        return gradients(() => block(again as Value, ...others), [again, ...variables], dy);
      },
    };
  });
  return custom(x, ...variables) as Value;
}

/** A gradient within a gradient's backward pass: it brings the outer one's tape back, which tfjs would lose. */
function gradients(value: () => tf.Tensor, inputs: tf.Tensor[], dy: tf.Tensor): tf.Tensor[] {
  const { state } = tf.engine();
  const { activeTape } = state;
  try {
    return tf.grads(value)(inputs, dy);
  } finally {
    state.activeTape = activeTape;
  }
}
