import * as tf from '@tensorflow/tfjs-core';
import { currentRanks, type Random } from '../engine';
import {
  type BatchMoments,
  batchMoments,
  batchNorm,
  type Initialiser,
  initialiseBatchNorm,
  layerNormLayer,
  linear,
  moveRunningMoments,
  runningMoments,
  type Scope,
} from '../nn';
import type { ResolvedSecondOrder } from './config';

/** Training draws dropout and moves running statistics; evaluation does neither. */
export type Mode = { training: false } | { training: true; random: Random };

const LAYER_NORM_EPSILON = 1e-7;

/**
 * One layer, shared by all heads, that makes a head's slice narrower; nothing where the configuration has no `reduced`.
 * `[batch, M, heads, slice]` → `[batch, M, heads, r]`
 */
export function reduceChannels(
  tokens: tf.Tensor4D,
  module: Scope,
  { reduced }: Pick<ResolvedSecondOrder, 'reduced'>,
  tower: 'vision' | 'text',
  mode: Mode,
): tf.Tensor4D {
  if (reduced === undefined) return tokens;
  return tower === 'vision' ? reduceVision(tokens, module, mode) : reduceText(tokens, module);
}

/**
 * 1×1 convolution, batch norm, ReLU. The official code calls the norm once for each head, so every head is normalised
 * with its own statistics while the running ones are shared.
 */
function reduceVision(tokens: tf.Tensor4D, module: Scope, mode: Mode): tf.Tensor4D {
  const kernel = module('conv_dr_block.0.weight'); // [r, slice, 1, 1]
  const narrow = linear(tokens, tf.reshape(kernel, kernel.shape.slice(0, 2))) as tf.Tensor4D;
  const norm = module.at('conv_dr_block').at(1);
  if (!mode.training) return tf.relu(batchNorm(narrow, runningMoments(norm), norm));
  const moments = batchMoments(narrow, [0, 1], true); // [1, 1, heads, r]
  const ranks = currentRanks()?.size ?? 1;
  moveByHeads(norm, moments, ranks * narrow.shape[0] * narrow.shape[1]);
  return tf.relu(batchNorm(narrow, moments, norm));
}

/** Moves the running statistics once for each head, in order. */
function moveByHeads(norm: Scope, { mean, variance }: BatchMoments, count: number): void {
  const byHead = (heads: tf.Tensor) => tf.unstack(tf.reshape(heads, [heads.shape[2]!, -1]));
  const variances = byHead(variance);
  for (const [head, ofHead] of byHead(mean).entries()) {
    moveRunningMoments(norm, { mean: ofHead, variance: variances[head] }, count);
  }
}

/** Linear, layer norm, ReLU. */
function reduceText(tokens: tf.Tensor4D, module: Scope): tf.Tensor4D {
  const narrow = linear(tokens, module('conv_dr_block.0.weight'));
  return tf.relu(layerNormLayer(narrow, module, 'conv_dr_block.1', LAYER_NORM_EPSILON)) as tf.Tensor4D;
}

/** Drops whole channels of a sample, the same for all its tokens, or whole tokens; scales the rest up. Per head. */
export function dropOut(
  x: tf.Tensor4D,
  { dropout, textDropout }: Pick<ResolvedSecondOrder, 'dropout' | 'textDropout'>,
  tower: 'vision' | 'text',
  mode: Mode,
): tf.Tensor4D {
  if (dropout === 0 || !mode.training) return x;
  const [batch, tokens, heads, channels] = x.shape;
  const byTokens = tower === 'text' && textDropout === 'tokens';
  const shape = byTokens ? [batch, tokens, heads, 1] : [batch, 1, heads, channels];
  const keep = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () =>
    mode.random.uniform() < dropout ? 0 : 1 / (1 - dropout),
  );
  return tf.mul(x, tf.tensor(keep, shape));
}

/** Draws the layer as the official code does: the convolution from Kaiming's normal distribution by fan-out. */
export function initialiseReduction(
  init: Initialiser,
  module: string,
  { heads, reduced }: Pick<ResolvedSecondOrder, 'heads' | 'reduced'>,
  tower: 'vision' | 'text',
  embedDim: number,
): void {
  if (reduced === undefined) return;
  const slice = embedDim / heads;
  if (tower === 'vision') {
    init.normal(`${module}.conv_dr_block.0.weight`, [reduced, slice, 1, 1], Math.sqrt(2 / reduced));
    initialiseBatchNorm(init, `${module}.conv_dr_block.1`, reduced);
  } else {
    init.linear(`${module}.conv_dr_block.0`, slice, reduced, false);
    init.norm(`${module}.conv_dr_block.1`, reduced);
  }
}
