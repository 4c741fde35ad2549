import * as tf from '@tensorflow/tfjs-core';
import { layerNorm, type Precision } from '../engine';
import type { Scope } from './parameters';

/** The normalisation layer `name` of a scope, over the last axis. */
export function layerNormLayer<T extends tf.Tensor>(
  x: T,
  scope: Scope,
  name: string,
  epsilon?: number,
  precision?: Precision,
): T {
  return layerNorm(x, scope(`${name}.weight`), scope(`${name}.bias`), epsilon, precision);
}

/** Rows scaled to unit Euclidean length: x / max(‖x‖, ε), PyTorch's `F.normalize`. */
export function unitLength<T extends tf.Tensor>(x: T, epsilon = 1e-12): T {
  const squared = tf.sum(tf.square(x), -1, true);
  return tf.mul(x, tf.rsqrt(tf.maximum(squared, epsilon * epsilon))) as T;
}
