import * as tf from '@tensorflow/tfjs-core';

/**
 * The tensor with its values on the engine's side. They get there with the first kernel that asks for them; until then, and as
 * garbage for a while after, they are in JavaScript's memory, and a model would be in memory twice.
 */
export function inEngine(tensor: tf.Tensor): tf.Tensor {
  return tf.mul(tensor, 1);
}
