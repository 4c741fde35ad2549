import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../engine';
import { type Initialiser, layerNormLayer, linear, linearLayer, type Scope, unitLength } from '../nn';
import { type SecondOrderConfig, secondOrderLength } from './config';
import { distanceCovariance, upperTriangle } from './distanceCovariance';

/** Training draws dropout and moves running statistics; evaluation does neither. */
export type Mode = { training: false } | { training: true; random: Random };

const BATCH_NORM_MOMENTUM = 0.1;
const LAYER_NORM_EPSILON = 1e-7;

/** The tokens of one tower that the statistic is taken over. */
export interface TokenSet {
  /** The class or end-of-text token, which the others are compared with. `[batch, embedDim]` */
  anchor: tf.Tensor2D;
  /** Image patches without the class token, or all text positions. `[batch, M, embedDim]` */
  tokens: tf.Tensor3D;
  /** For text: how many of the M positions are real. */
  lengths?: Int32Array;
}

/**
 * DALIP's multi-head Brownian distance covariance: the second-order statistic z of one tower's tokens.
 *
 * In order, as the official code has it: fc1; per head, tokens weighed by softmax of their cosine with the anchor;
 * one shared reduction to r channels (vision: 1×1 convolution, batch norm, ReLU; text: linear, layer norm, ReLU);
 * channel dropout; distance covariance; upper triangles of all heads; layer norm; `down`; fc2.
 *
 * Differences from the official code, on purpose: padding takes no part in the text statistics, and dropout takes
 * whole channels in both towers (the official text tower drops whole tokens).
 *
 * @param scope where fc1 and fc2 live: `visual` or the root
 * @returns `[batch, embedDim]`, not normalised
 */
export function secondOrder(
  set: TokenSet,
  scope: Scope,
  config: SecondOrderConfig,
  tower: 'vision' | 'text',
  mode: Mode,
): tf.Tensor2D {
  const { lengths } = set;
  const module = scope.at(MODULE_NAMES[tower]);
  const [batch, count] = set.tokens.shape;
  const mask = lengths && lengthMask(lengths, count); // [batch, M, 1, 1]

  const tokens = intoHeads(set.tokens, scope, config.heads);
  const anchor = intoHeads(tf.expandDims(set.anchor, 1), scope, config.heads);
  const weighed = config.tokenWeighting === false ? tokens : weighTokens(tokens, anchor, mask);
  const narrow = tower === 'vision' ? reduceVision(weighed, module, mode) : reduceText(weighed, module);
  const kept = mode.training ? dropChannels(narrow, config.dropout, mode.random) : narrow;
  const masked = mask ? tf.mul(kept, mask) : kept; // [batch, M, heads, r]

  const channels = tf.reshape(tf.transpose(masked, [0, 2, 3, 1]), [
    batch * config.heads,
    config.reduced,
    count,
  ]);
  const matrices = distanceCovariance(
    channels as tf.Tensor3D,
    lengths ? perHead(lengths, config.heads) : count,
  );
  const triangles = tf.reshape(upperTriangle(matrices), [batch, secondOrderLength(config)]);
  const mixed = linearLayer(layerNormLayer(triangles, module, 'ln', LAYER_NORM_EPSILON), module, 'down');
  return linear(mixed, scope('fc2.weight')) as tf.Tensor2D;
}

/** fc1, then one slice of channels per head. `[batch, M, embedDim]` → `[batch, M, heads, embedDim / heads]` */
function intoHeads(x: tf.Tensor, scope: Scope, heads: number): tf.Tensor4D {
  const [batch, count, embedDim] = x.shape;
  return tf.reshape(linear(x, scope('fc1.weight')), [batch, count!, heads, embedDim! / heads]);
}

/** The official code's names: `visual.vbdc.…`, `tbdc.…`. */
const MODULE_NAMES = { vision: 'vbdc', text: 'tbdc' } as const;

/** Each token times the softmax, over tokens, of its cosine similarity with the anchor; head by head, temperature 1. */
function weighTokens(tokens: tf.Tensor4D, anchor: tf.Tensor4D, mask?: tf.Tensor4D): tf.Tensor4D {
  const cosines = tf.sum(tf.mul(unitLength(tokens), unitLength(anchor)), -1, true); // [batch, M, heads, 1]
  const open = mask ? tf.add(cosines, tf.mul(tf.sub(mask, 1), 1e9)) : cosines;
  const weights = tf.transpose(tf.softmax(tf.transpose(open, [0, 2, 3, 1])), [0, 3, 1, 2]);
  return tf.mul(tokens, weights);
}

/**
 * 1×1 convolution, batch norm, ReLU. The official code calls the norm once for each head, so every head is normalised
 * with its own statistics while the running ones are shared.
 * `[…, slice]` → `[…, r]`
 */
function reduceVision(tokens: tf.Tensor4D, module: Scope, mode: Mode): tf.Tensor4D {
  const kernel = module('conv_dr_block.0.weight'); // [r, slice, 1, 1]
  const narrow = linear(tokens, tf.reshape(kernel, kernel.shape.slice(0, 2))) as tf.Tensor4D;
  const norm = module.at('conv_dr_block').at(1);
  let mean: tf.Tensor = norm('running_mean');
  let variance: tf.Tensor = norm('running_var');
  if (mode.training) {
    const moments = tf.moments(narrow, [0, 1], true); // [1, 1, heads, r]
    ({ mean, variance } = moments);
    moveRunningStatistics(norm, moments, narrow.shape[0] * narrow.shape[1]);
  }
  const unit = tf.mul(tf.sub(narrow, mean), tf.rsqrt(tf.add(variance, 1e-5)));
  return tf.relu(tf.add(tf.mul(unit, norm('weight')), norm('bias'))) as tf.Tensor4D;
}

/** PyTorch's update, once per head in order; the running variance is the unbiased one. */
function moveRunningStatistics(
  norm: Scope,
  moments: { mean: tf.Tensor; variance: tf.Tensor },
  count: number,
): void {
  tf.tidy(() => {
    const update = (variable: tf.Variable, heads: tf.Tensor) => {
      const values = tf.unstack(tf.reshape(heads, [heads.shape[2]!, -1]));
      const moved = values.reduce<tf.Tensor>(
        (running, value) =>
          tf.add(tf.mul(running, 1 - BATCH_NORM_MOMENTUM), tf.mul(value, BATCH_NORM_MOMENTUM)),
        variable,
      );
      variable.assign(moved);
    };
    update(norm('running_mean'), moments.mean);
    update(norm('running_var'), tf.mul(moments.variance, count / Math.max(1, count - 1)));
  });
}

/** Linear, layer norm, ReLU. */
function reduceText(tokens: tf.Tensor4D, module: Scope): tf.Tensor4D {
  const narrow = linear(tokens, module('conv_dr_block.0.weight'));
  return tf.relu(layerNormLayer(narrow, module, 'conv_dr_block.1', LAYER_NORM_EPSILON)) as tf.Tensor4D;
}

/** Drops whole channels of a sample, the same for all its tokens, and scales the rest up. */
function dropChannels(x: tf.Tensor4D, probability: number, random: Random): tf.Tensor4D {
  if (probability === 0) return x;
  const [batch, , heads, channels] = x.shape;
  const keep = Float32Array.from({ length: batch * heads * channels }, () =>
    random.uniform() < probability ? 0 : 1 / (1 - probability),
  );
  return tf.mul(x, tf.tensor(keep, [batch, 1, heads, channels]));
}

function lengthMask(lengths: Int32Array, count: number): tf.Tensor4D {
  const mask = new Float32Array(lengths.length * count);
  lengths.forEach((length, row) => {
    mask.fill(1, row * count, row * count + Math.min(length, count));
  });
  return tf.tensor(mask, [lengths.length, count, 1, 1]);
}

function perHead(lengths: Int32Array, heads: number): tf.Tensor3D {
  const repeated = Float32Array.from(
    { length: lengths.length * heads },
    (_, i) => lengths[Math.floor(i / heads)],
  );
  return tf.tensor(repeated, [repeated.length, 1, 1]);
}

/** Draws one tower's second-order parameters as the official code does. */
export function initialiseSecondOrder(
  init: Initialiser,
  tower: 'vision' | 'text',
  config: SecondOrderConfig,
  embedDim: number,
): void {
  const root = tower === 'vision' ? 'visual.' : '';
  const module = `${root}${MODULE_NAMES[tower]}`;
  const slice = embedDim / config.heads;
  const length = secondOrderLength(config);
  init.linear(`${root}fc1`, embedDim, embedDim, false);
  if (tower === 'vision') {
    init.normal(
      `${module}.conv_dr_block.0.weight`,
      [config.reduced, slice, 1, 1],
      Math.sqrt(2 / config.reduced),
    );
    init.constant(`${module}.conv_dr_block.1.running_mean`, [config.reduced], 0, false);
    init.constant(`${module}.conv_dr_block.1.running_var`, [config.reduced], 1, false);
  } else {
    init.linear(`${module}.conv_dr_block.0`, slice, config.reduced, false);
  }
  init.norm(`${module}.conv_dr_block.1`, config.reduced);
  init.norm(`${module}.ln`, length);
  init.linear(`${module}.down`, length, length);
  init.linear(`${root}fc2`, length, embedDim, false);
}
