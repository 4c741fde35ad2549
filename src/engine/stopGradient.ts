import * as tf from '@tensorflow/tfjs-core';

/** The same numbers, as a constant: no gradient flows back through them (PyTorch's `detach`, copied). */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  return tf.tensor(x.dataSync(), x.shape, x.dtype) as T;
}
