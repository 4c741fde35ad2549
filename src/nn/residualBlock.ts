import * as tf from '@tensorflow/tfjs-core';
import {
  type Activation,
  type AttentionSizes,
  addBias,
  biasActivation,
  inFull,
  type Precision,
  product,
} from '../engine';
import { type AttentionOptions, attendOnce, selfAttention } from './attention';
import { linear } from './linear';
import { layerNormLayer } from './normalise';
import type { Scope } from './parameters';

/** What the layers of a block are called in published weights. */
export interface BlockNames {
  norms: readonly [string, string];
  /** Query, key and value; `.` or `_` stands before `weight` and `bias`. */
  attentionIn: string;
  attentionOut: string;
  /** The perceptron's two layers. */
  mlp: readonly [string, string];
}

/** As in open_clip and OpenAI's CLIP. */
export const OPEN_CLIP_BLOCK: BlockNames = {
  norms: ['ln_1', 'ln_2'],
  attentionIn: 'attn.in_proj_',
  attentionOut: 'attn.out_proj',
  mlp: ['mlp.c_fc', 'mlp.c_proj'],
};

/** As in timm. */
export const TIMM_BLOCK: BlockNames = {
  norms: ['norm1', 'norm2'],
  attentionIn: 'attn.qkv.',
  attentionOut: 'attn.proj',
  mlp: ['mlp.fc1', 'mlp.fc2'],
};

/** What all blocks of a stack share. */
export interface BlockShape {
  heads: number;
  activation: Activation;
  /** ε of the layer norms; default 1e-5. */
  normEps?: number;
  /** Default `OPEN_CLIP_BLOCK`. */
  names?: BlockNames;
  /** Of the matrix products, see `withPrecision`; default `f32`. */
  precision?: Precision;
}

/**
 * x + attention(norm(x)), then x + mlp(norm(x)); what is added is scaled in a block that has such factors, `ls_1.gamma` and
 * `ls_2.gamma`.
 *
 * @param x `[batch, tokens, width]`
 */
export function residualBlock(
  x: tf.Tensor3D,
  scope: Scope,
  shape: BlockShape,
  options: AttentionOptions = {},
): tf.Tensor3D {
  const [, tokens, width] = x.shape;
  const stream = tf.reshape(x, [-1, width]) as tf.Tensor2D; // every token a row
  return tf.reshape(blockOnRows(stream, scope, shape, { tokens, heads: shape.heads }, options), x.shape);
}

/** As `residualBlock`, of tokens as the rows of a matrix, `[rows, width]`; samples may differ in length. */
export function blockOnRows(
  stream: tf.Tensor2D,
  scope: Scope,
  shape: BlockShape,
  sizes: AttentionSizes,
  options: AttentionOptions = {},
): tf.Tensor2D {
  const { names = OPEN_CLIP_BLOCK } = shape;
  // Where attention is gated or additions are scaled there are no kernels for 16 bits.
  const precision = options.gate || scope.has('ls_1.gamma') ? 'f32' : shape.precision;
  const seen = attendOnRows(stream, scope, { ...shape, precision }, sizes, options);
  const mixed = product(seen, scope(`${names.attentionOut}.weight`), precision);
  const bias = scope(`${names.attentionOut}.bias`);
  const attended = addScaled(stream, mixed, bias, factor(scope, 'ls_1'), precision);
  return addPerceptron(attended, scope, { ...shape, precision });
}

/** The heads' weighted means of normalised tokens, before the layer that joins them, `[rows, width]`. */
function attendOnRows(
  stream: tf.Tensor2D,
  scope: Scope,
  { normEps, names = OPEN_CLIP_BLOCK, precision }: BlockShape,
  sizes: AttentionSizes,
  options: AttentionOptions,
): tf.Tensor2D {
  const normed = layerNormLayer(stream, scope, names.norms[0], normEps, precision);
  const weights = {
    inWeight: scope(`${names.attentionIn}weight`),
    inBias: scope(`${names.attentionIn}bias`),
  };
  return selfAttention(normed, weights, sizes, options, precision);
}

/**
 * One token of each sample behind a block on rows, as `blockOnRows` and then taking those rows: behind attention the others are
 * not computed.
 *
 * @param picked rows, `[batch]`, int32
 * @returns `[batch, width]`
 */
export function pickedRows(
  stream: tf.Tensor2D,
  scope: Scope,
  shape: BlockShape,
  sizes: AttentionSizes,
  options: AttentionOptions,
  picked: tf.Tensor1D,
): tf.Tensor2D {
  const { names = OPEN_CLIP_BLOCK } = shape;
  const full = { ...shape, precision: 'f32' as const };
  const all = inFull(attendOnRows(stream, scope, shape, sizes, options), shape.precision);
  const seen = tf.gather(all, picked) as tf.Tensor2D;
  const mixed = product(seen, scope(`${names.attentionOut}.weight`));
  const own = tf.gather(stream, picked) as tf.Tensor2D;
  const attended = addScaled(own, mixed, scope(`${names.attentionOut}.bias`), factor(scope, 'ls_1'));
  return addPerceptron(attended, scope, full);
}

/** The tokens that a block's result is wanted of, one for each sample. */
export interface Picks {
  /** As rows of all samples' tokens, `[batch]`, int32. */
  rows: tf.Tensor1D;
  /** What is added to their scores, `[batch, tokens]`: 0 for a token they see, −∞ for one they do not; absent: they see all. */
  mask?: tf.Tensor2D;
}

/**
 * One token of each sample behind a block: as `residualBlock` and then taking that token, but the others are not computed
 * beyond what it sees of them, their keys and values. Ten twelfths of the block's products are saved.
 *
 * @param x `[batch, tokens, width]`
 * @returns `[batch, width]`
 */
export function pickedBlock(
  x: tf.Tensor3D,
  scope: Scope,
  shape: BlockShape,
  { rows, mask }: Picks,
): tf.Tensor2D {
  const { heads, normEps, names = OPEN_CLIP_BLOCK, precision } = shape;
  const [batch, tokens, width] = x.shape;
  const all = tf.reshape(x, [-1, width]) as tf.Tensor2D;
  const stream = tf.gather(all, rows) as tf.Tensor2D;
  const part = (from: number, parts: number) => ({
    weight: tf.slice(
      scope(`${names.attentionIn}weight`) as tf.Tensor,
      [from * width, 0],
      [parts * width, width],
    ),
    bias: tf.slice(scope(`${names.attentionIn}bias`) as tf.Tensor, [from * width], [parts * width]),
  });
  const [asking, seen] = [part(0, 1), part(1, 2)];
  const own = layerNormLayer(stream, scope, names.norms[0], normEps);
  const query = linear(own, asking.weight, asking.bias) as tf.Tensor2D;
  const normed = layerNormLayer(all, scope, names.norms[0], normEps, precision);
  const both = tf.add(inFull(product(normed, seen.weight, precision), precision), seen.bias);
  const [key, value] = tf.split(tf.reshape(both, [batch, tokens, 2 * width]), 2, 2) as tf.Tensor3D[];
  const mixed = product(attendOnce(query, key, value, heads, mask), scope(`${names.attentionOut}.weight`));
  const bias = scope(`${names.attentionOut}.bias`);
  const attended = addScaled(stream, mixed, bias, factor(scope, 'ls_1'));
  return addPerceptron(attended, scope, { ...shape, precision: 'f32' });
}

/** x + mlp(norm(x)) of rows, `[rows, width]`. */
export function addPerceptron(
  x: tf.Tensor2D,
  scope: Scope,
  { activation, normEps, names = OPEN_CLIP_BLOCK, precision }: Omit<BlockShape, 'heads'>,
): tf.Tensor2D {
  const [widen, narrow] = names.mlp;
  const normed = layerNormLayer(x, scope, names.norms[1], normEps, precision);
  const widened = product(normed, scope(`${widen}.weight`), precision);
  const hidden = biasActivation(widened, scope(`${widen}.bias`), activation, precision);
  const narrowed = product(hidden, scope(`${narrow}.weight`), precision);
  return addScaled(x, narrowed, scope(`${narrow}.bias`), factor(scope, 'ls_2'), precision);
}

const factor = (scope: Scope, name: string) =>
  scope.has(`${name}.gamma`) ? scope(`${name}.gamma`) : undefined;

/** stream + factor·(x + bias) */
function addScaled(
  stream: tf.Tensor2D,
  x: tf.Tensor2D,
  bias: tf.Tensor,
  factor?: tf.Tensor,
  precision?: Precision,
): tf.Tensor2D {
  if (!factor) return addBias(stream, x, bias, precision);
  return tf.add(stream, tf.mul(tf.add(x, bias), factor));
}
