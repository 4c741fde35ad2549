import * as tf from '@tensorflow/tfjs-core';

let recomputing = false;

/** Runs `compute`; when enabled, what it passes through `recomputed` keeps nothing for the gradient but its inputs. */
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
 * `block(inputs, constants)`, a part of a network. Under `withRecomputation` the gradient computes it a second time instead
 * of finding its intermediate values in memory: the same numbers for about a third more time (Chen et al. 2016;
 * open_clip's `--grad-checkpointing`).
 *
 * @param block draws nothing at random and changes nothing, since it runs twice
 * @param inputs all that the block's value comes from and that wants a gradient, but for `variables`
 * @param variables all parameters the block uses, and no others
 * @param constants tensors the block needs beside them, without a gradient
 */
export function recomputed<Value extends tf.Tensor>(
  block: (inputs: readonly tf.Tensor[], constants: readonly tf.Tensor[]) => Value,
  inputs: readonly tf.Tensor[],
  variables: readonly tf.Variable[],
  constants: readonly tf.Tensor[] = [],
): Value {
  if (!recomputing) return block(inputs, constants);
  const custom = tf.customGrad((...args) => {
    const save = args[args.length - 1] as tf.GradSaveFunc;
    save([...inputs, ...constants]);
    return {
      value: block(inputs, constants),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const again = saved.slice(0, inputs.length);
        const others = saved.slice(inputs.length);
        return gradients(() => block(again, others), [...again, ...variables], dy);
      },
    };
  });
  return custom(...inputs, ...variables) as Value;
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
