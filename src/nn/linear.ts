import * as tf from '@tensorflow/tfjs-core';
import type { Scope } from './parameters';

/**
 * x·Wᵀ + b with PyTorch's layout, `weight` [out, in] and an optional `bias` [out].
 *
 * @param x `[…, in]`
 * @returns `[…, out]`
 */
export function linear(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  const [fanOut, fanIn] = weight.shape;
  const rows = tf.reshape(x, [-1, fanIn]) as tf.Tensor2D;
  const product = tf.fused.matMul({ a: rows, b: weight as tf.Tensor2D, transposeB: true, bias });
  return tf.reshape(product, [...x.shape.slice(0, -1), fanOut]);
}

/** The layer `name` of a scope: its weight, and its bias unless told otherwise. */
export function linearLayer(x: tf.Tensor, scope: Scope, name: string, bias = true): tf.Tensor {
  return linear(x, scope(`${name}.weight`), bias ? scope(`${name}.bias`) : undefined);
}
