import * as tf from '@tensorflow/tfjs-core';
import { type Initialiser, layerNormLayer, linear, linearLayer, type Scope } from '../nn';
import {
  headChannels,
  type ResolvedSecondOrder,
  resolveSecondOrder,
  type SecondOrderConfig,
  secondOrderLength,
} from './config';
import { distanceCovariance, upperTriangle } from './distanceCovariance';
import { initialiseMeanHead, meanHead } from './meanHead';
import { dropOut, initialiseReduction, type Mode, reduceChannels } from './reduction';
import { covariance, matrixSquareRoot, secondMoment } from './secondMoments';
import { anchorWeights, lengthMask, meanToken, type TokenSet } from './tokenWeights';

export type Tower = 'vision' | 'text';

/** The official code's names of a tower's module: `visual.vbdc.…`, `tbdc.…`. */
const MODULE_NAMES = { vision: 'vbdc', text: 'tbdc' } as const;
const LAYER_NORM_EPSILON = 1e-7;

/**
 * The second-order statistic z of one tower's tokens: DALIP's multi-head Brownian distance covariance, or what
 * `config.statistic` puts in its place.
 *
 * In order, as the official code has it: fc1; per head, tokens weighed by softmax of their cosine with the anchor; one
 * shared reduction to r channels (vision: 1×1 convolution, batch norm, ReLU; text: linear, layer norm, ReLU); dropout;
 * distance covariance; upper triangles of all heads; layer norm; `down`; fc2. `SecondOrderConfig` says which steps the
 * published figure leaves out and where clipbook goes its own way.
 *
 * @param scope where fc1 and fc2 live: `visual` or the root
 * @returns `[batch, embedDim]`, not normalised
 */
export function secondOrder(
  set: TokenSet,
  scope: Scope,
  config: SecondOrderConfig,
  tower: Tower,
  mode: Mode,
): tf.Tensor2D {
  const choices = resolveSecondOrder(config);
  const module = scope.at(MODULE_NAMES[tower]);
  if (choices.statistic === 'mean') {
    const mean = intoHeads(tf.expandDims(meanToken(counted(set, choices)), 1), scope, choices);
    return meanHead(mean, scope, module, choices, tower, mode);
  }
  const matrices = headMatrices(set, scope, config, tower, mode);
  const [batch, heads, channels] = matrices.shape;
  const triangles = upperTriangle(tf.reshape(matrices, [batch * heads, channels, channels]));
  const flat = tf.reshape(triangles, [batch, secondOrderLength(config, set.tokens.shape[2])]);
  const mixed = choices.mixed
    ? linearLayer(layerNormLayer(flat, module, 'ln', LAYER_NORM_EPSILON), module, 'down')
    : flat;
  return linear(mixed, scope('fc2.weight')) as tf.Tensor2D;
}

/**
 * The matrices that are cut into triangles: one for each head, channel against channel.
 *
 * @returns `[batch, heads, channels, channels]`
 * @throws for the statistic `mean`, which has none
 */
export function headMatrices(
  all: TokenSet,
  scope: Scope,
  config: SecondOrderConfig,
  tower: Tower,
  mode: Mode,
): tf.Tensor4D {
  const choices = resolveSecondOrder(config);
  const { heads } = choices;
  const set = counted(all, choices);
  const [batch, count, embedDim] = set.tokens.shape;
  const channels = headChannels(config, embedDim);
  const tokens = intoHeads(set.tokens, scope, choices);
  const weighed = choices.tokenWeighting ? tf.mul(tokens, weightsOf(tokens, set, scope, choices)) : tokens;
  const module = scope.at(MODULE_NAMES[tower]);
  const narrow = reduceChannels(weighed as tf.Tensor4D, module, choices, tower, mode);
  const kept = dropOut(narrow, choices, tower, mode);
  const real = set.lengths ? tf.mul(kept, lengthMask(set.lengths, count)) : kept;

  const rows = tf.reshape(tf.transpose(real, [0, 2, 3, 1]), [batch * heads, channels, count]) as tf.Tensor3D;
  const matrices = statisticOf(rows, set.lengths ? perHead(set.lengths, heads) : count, choices);
  return tf.reshape(matrices, [batch, heads, channels, channels]);
}

/**
 * How much each token counts in each head: softmax over tokens of the cosine with the anchor.
 *
 * @returns `[batch, M, heads]`
 */
export function tokenWeights(set: TokenSet, scope: Scope, config: SecondOrderConfig): tf.Tensor3D {
  const choices = resolveSecondOrder(config);
  const weights = weightsOf(intoHeads(set.tokens, scope, choices), counted(set, choices), scope, choices);
  return tf.squeeze(weights, [3]);
}

/** The tokens that take part: where padding is kept, all are real. */
function counted(set: TokenSet, { padding }: ResolvedSecondOrder): TokenSet {
  return padding === 'kept' ? { ...set, lengths: undefined } : set;
}

/** `[batch, M, heads, 1]` */
function weightsOf(
  tokens: tf.Tensor4D,
  { anchor, lengths }: TokenSet,
  scope: Scope,
  choices: ResolvedSecondOrder,
): tf.Tensor4D {
  return anchorWeights(tokens, intoHeads(tf.expandDims(anchor, 1), scope, choices), lengths);
}

function statisticOf(
  y: tf.Tensor3D,
  tokens: number | tf.Tensor3D,
  { statistic, perToken }: ResolvedSecondOrder,
): tf.Tensor3D {
  switch (statistic) {
    case 'distance':
      return distanceCovariance(y, perToken ? tokens : 0.5); // 2M = 1: the figure divides by nothing
    case 'covariance':
      return covariance(y, tokens);
    case 'rootCovariance':
      return matrixSquareRoot(covariance(y, tokens));
    case 'bilinear':
      return secondMoment(y, tokens);
    case 'mean':
      throw new Error('The statistic "mean" has no matrices; ask for another one.');
  }
}

/** fc1, then one slice of channels per head. `[batch, M, embedDim]` → `[batch, M, heads, embedDim / heads]` */
function intoHeads(x: tf.Tensor, scope: Scope, { heads, projected }: ResolvedSecondOrder): tf.Tensor4D {
  const [batch, count, embedDim] = x.shape;
  const mapped = projected ? linear(x, scope('fc1.weight')) : x;
  return tf.reshape(mapped, [batch, count!, heads, embedDim! / heads]);
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
  tower: Tower,
  config: SecondOrderConfig,
  embedDim: number,
): void {
  const choices = resolveSecondOrder(config);
  const root = tower === 'vision' ? 'visual.' : '';
  const module = `${root}${MODULE_NAMES[tower]}`;
  const length = secondOrderLength(config, embedDim);
  if (choices.projected) init.linear(`${root}fc1`, embedDim, embedDim, false);
  initialiseReduction(init, module, choices, tower, embedDim);
  if (choices.statistic === 'mean') {
    initialiseMeanHead(init, root, module, config, embedDim);
    return;
  }
  if (choices.mixed) {
    init.norm(`${module}.ln`, length);
    init.linear(`${module}.down`, length, length);
  }
  init.linear(`${root}fc2`, length, embedDim, false);
}
