import * as tf from '@tensorflow/tfjs-core';
import { type AttentionSizes, fusedAttention, hasKernels, type Precision, product } from '../engine';

/** What changes the weights of attention. */
export interface AttentionOptions {
  /** Added to the scores, `[tokens, tokens]`: 0 where attention may go, −∞ where not. */
  mask?: tf.Tensor2D;
  /** Multiplied with the softmax, the same for all heads, `[batch or 1, tokens, tokens]`; rows then no longer add up to 1. */
  gate?: tf.Tensor3D;
}

/** The parameters of attention's first linear layer: query, key and value stacked. */
export interface AttentionWeights {
  /** `[3·width, width]` */
  inWeight: tf.Tensor;
  /** `[3·width]` */
  inBias: tf.Tensor;
}

/**
 * Multi-head self-attention (PyTorch's `nn.MultiheadAttention`), but for its last layer, which joins the heads.
 *
 * @param x `[rows, width]`, in the given precision
 * @returns the heads' weighted means, side by side, `[rows, width]`, in the given precision
 */
export function selfAttention(
  x: tf.Tensor2D,
  { inWeight, inBias }: AttentionWeights,
  sizes: AttentionSizes,
  { mask, gate }: AttentionOptions = {},
  precision: Precision = 'f32',
): tf.Tensor2D {
  const projected = product(x, inWeight, precision);
  if (hasKernels() && !gate) return fusedAttention(projected, inBias, sizes, mask, precision);
  return attendInRows(tf.add(projected, inBias), sizes, mask, gate);
}

/** `attendWithin` on tokens as the rows of a matrix. */
function attendInRows(
  projected: tf.Tensor2D,
  { tokens, heads }: AttentionSizes,
  mask?: tf.Tensor2D,
  gate?: tf.Tensor3D,
): tf.Tensor2D {
  const [rows, columns] = projected.shape;
  const samples = tf.reshape(projected, [rows / tokens, tokens, columns]) as tf.Tensor3D;
  return tf.reshape(attendWithin(samples, heads, mask, gate), [rows, columns / 3]);
}

/**
 * Self-attention between its two linear layers: the heads' weighted means, side by side.
 *
 * @param projected query, key and value of each token, one behind the other, `[batch, tokens, 3·width]`
 * @param mask and gate as in `selfAttention`
 * @returns `[batch, tokens, width]`
 */
export function attendWithin(
  projected: tf.Tensor3D,
  heads: number,
  mask?: tf.Tensor2D,
  gate?: tf.Tensor3D,
): tf.Tensor3D {
  const [batch, tokens] = projected.shape;
  const { weights: softmax, values } = attentionWeights(projected, heads, mask);
  const weights = gate ? tf.mul(softmax, tf.expandDims(gate, 1)) : softmax;
  const mixed = tf.transpose(tf.matMul(weights, values), [0, 2, 1, 3]);
  return tf.reshape(mixed, [batch, tokens, projected.shape[2] / 3]);
}

/** What each head does: who looks where, and what is read there. */
export interface HeadAttention {
  /** How much each token (third axis) takes from each (fourth); rows add up to 1. `[batch, heads, tokens, tokens]` */
  weights: tf.Tensor4D;
  /** What each head reads from a token. `[batch, heads, tokens, width / heads]` */
  values: tf.Tensor4D;
}

/** The softmax of `attendWithin` and what it mixes; of the same arguments. */
export function attentionWeights(projected: tf.Tensor3D, heads: number, mask?: tf.Tensor2D): HeadAttention {
  const [batch, tokens] = projected.shape;
  const headWidth = projected.shape[2] / 3 / heads;
  const split = tf.transpose(tf.reshape(projected, [batch, tokens, 3, heads, headWidth]), [2, 0, 3, 1, 4]);
  const [query, key, values] = tf.unstack(split) as tf.Tensor4D[]; // each [batch, heads, tokens, headWidth]
  const scores = tf.matMul(tf.mul(query, headWidth ** -0.5), key, false, true);
  return { weights: tf.softmax(mask ? tf.add(scores, mask) : scores) as tf.Tensor4D, values };
}

/**
 * One query's look at many tokens, as attention pools them: the heads' weighted means, side by side.
 *
 * @param query `[batch, width]`
 * @param key and value `[batch, tokens, width]`
 * @param mask added to each query's scores, `[batch, tokens]`
 * @returns `[batch, width]`
 */
export function attendOnce(
  query: tf.Tensor2D,
  key: tf.Tensor3D,
  value: tf.Tensor3D,
  heads: number,
  mask?: tf.Tensor2D,
): tf.Tensor2D {
  const [batch, tokens, width] = key.shape;
  const headWidth = width / heads;
  const split = (x: tf.Tensor3D) =>
    tf.transpose(tf.reshape(x, [batch, tokens, heads, headWidth]), [0, 2, 1, 3]);
  const asked = tf.mul(tf.reshape(query, [batch, heads, 1, headWidth]), headWidth ** -0.5);
  const scores = tf.matMul(asked, split(key), false, true); // [batch, heads, 1, tokens]
  const weights = tf.softmax(mask ? tf.add(scores, tf.reshape(mask, [batch, 1, 1, tokens])) : scores);
  return tf.reshape(tf.matMul(weights, split(value)), [batch, width]);
}

/** The mask that lets a token see itself and what stands before it. `[tokens, tokens]` */
export function causalMask(tokens: number): tf.Tensor2D {
  const values = new Float32Array(tokens * tokens);
  for (let row = 0; row < tokens; row++) values.fill(-Infinity, row * tokens + row + 1, (row + 1) * tokens);
  return tf.tensor2d(values, [tokens, tokens]);
}
