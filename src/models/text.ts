import * as tf from '@tensorflow/tfjs-core';
import { type Activation, hasKernels } from '../engine';
import {
  causalMask,
  chainLayout,
  type Grouping,
  type Initialiser,
  initialiseTransformer,
  layerNormLayer,
  linearLayer,
  type Picks,
  packedTransformer,
  pickedTransformer,
  type Scope,
  type TransformerOptions,
  transformer,
} from '../nn';
import type { TextConfig } from './config';
import { project, type TowerOutput } from './vision';

/** Token ids of a batch of texts, as a tokenizer makes them. */
export interface TokenBatch {
  /** `[batch, contextLength]`, padded behind the end-of-text token, with zeros for CLIP */
  ids: Int32Array;
  /** Tokens of each text, start and end included. */
  lengths: Int32Array;
}

/** Which positions a tower hands on: none but the one that stands for the text, up to the longest text, or all. */
export type WantedTokens = 'none' | 'real' | 'padded';

/** All ids as a tensor. `[batch, contextLength]` */
function allIds({ ids, lengths }: TokenBatch): tf.Tensor2D {
  return tf.tensor2d(ids, [lengths.length, ids.length / lengths.length], 'int32');
}

/** Ids as a tensor, without the columns that are padding in every row. `[batch, longest]` */
export function trimmedIds({ ids, lengths }: TokenBatch): tf.Tensor2D {
  const batch = lengths.length;
  const contextLength = ids.length / batch;
  const longest = lengths.reduce((most, length) => Math.max(most, length), 1);
  const trimmed = new Int32Array(batch * longest);
  for (let row = 0; row < batch; row++) {
    trimmed.set(ids.subarray(row * contextLength, row * contextLength + longest), row * longest);
  }
  return tf.tensor2d(trimmed, [batch, longest], 'int32');
}

/** The ids that can change a text's embedding: those up to the batch's longest text, or all where padding is seen. */
export function neededIds(texts: TokenBatch, config: TextConfig): tf.Tensor2D {
  return config.noCausalMask || config.poolType === 'last' ? allIds(texts) : trimmedIds(texts);
}

/**
 * open_clip's text transformer: token and position embeddings, causal blocks, final norm, projection; the
 * end-of-text token stands for the text. Attention is causal and the end token is the last one, so padding is left out
 * without changing any result: all of it where only that token is wanted and the kernels are there, else that behind the
 * batch's longest text. SigLIP's sees and pools padding: nothing is cut.
 *
 * @param scope the text tower's parameters: the model's root, or what is below `text`
 */
export function textTower(
  batchOfTokens: TokenBatch,
  scope: Scope,
  config: TextConfig,
  activation: Activation,
  wanted: WantedTokens = 'none',
): TowerOutput {
  const ids = wanted === 'padded' ? allIds(batchOfTokens) : neededIds(batchOfTokens, config);
  const norm = <T extends tf.Tensor>(x: T) => layerNormLayer(x, scope, 'ln_final', config.normEps);
  if (wanted === 'none' && canPack(config)) {
    return { pooled: projectText(norm(packedEnds(batchOfTokens, scope, config, activation)), scope, config) };
  }
  if (wanted === 'none') {
    const { start, options } = textStart(ids, batchOfTokens.lengths, scope, config);
    const picks = pooledPicks(start.shape[1], batchOfTokens.lengths, config);
    const pooled = pickedTransformer(start, scope.at('transformer'), config, activation, picks, options);
    return { pooled: projectText(norm(pooled), scope, config) };
  }
  const hidden = textStates(ids, batchOfTokens.lengths, scope, config, activation);
  const tokens = project(norm(hidden), scope('text_projection'));
  return { pooled: endTokens(tokens, batchOfTokens), tokens };
}

/** Can texts be computed without any padding? Where they see and pool it, and where tokens are grouped, they cannot. */
function canPack({ noCausalMask, poolType, grouping }: TextConfig): boolean {
  return hasKernels() && !noCausalMask && poolType !== 'last' && !grouping;
}

/** The end-of-text tokens behind the blocks, from the texts one behind the other, without padding. `[batch, width]` */
function packedEnds(
  { ids, lengths }: TokenBatch,
  scope: Scope,
  config: TextConfig,
  activation: Activation,
): tf.Tensor2D {
  const contextLength = ids.length / lengths.length;
  const starts = new Int32Array(lengths.length + 1);
  lengths.forEach((length, text) => {
    starts[text + 1] = starts[text] + length;
  });
  const [words, places] = [new Int32Array(starts[lengths.length]), new Int32Array(starts[lengths.length])];
  lengths.forEach((length, text) => {
    words.set(ids.subarray(text * contextLength, text * contextLength + length), starts[text]);
    for (let place = 0; place < length; place++) places[starts[text] + place] = place;
  });
  const rows = tf.add(
    tf.gather(tokenVectors(scope), tf.tensor1d(words, 'int32')),
    tf.gather(scope('positional_embedding') as tf.Tensor, tf.tensor1d(places, 'int32')),
  ) as tf.Tensor2D;
  const longest = lengths.reduce((most, length) => Math.max(most, length), 1);
  const texts = { rows, starts: tf.tensor1d(starts, 'int32'), longest };
  return packedTransformer(texts, scope.at('transformer'), config, activation, causalMask(longest));
}

/** The token that stands for each text, and the tokens it sees. */
function pooledPicks(length: number, lengths: Int32Array, { poolType, noCausalMask }: TextConfig): Picks {
  const places = lengths.map((count) => (poolType === 'last' ? length : count) - 1);
  const rows = tf.tensor1d(
    places.map((place, row) => row * length + place),
    'int32',
  );
  return { rows, mask: noCausalMask ? undefined : (tf.gather(causalMask(length), places) as tf.Tensor2D) };
}

/** The token that stands for each text. `[batch, length, width]` → `[batch, width]` */
export function pooledTokens(tokens: tf.Tensor3D, texts: TokenBatch, { poolType }: TextConfig): tf.Tensor2D {
  if (poolType !== 'last') return endTokens(tokens, texts);
  const [batch, length, width] = tokens.shape;
  return tf.reshape(tf.slice(tokens, [0, length - 1, 0], [batch, 1, width]), [batch, width]);
}

/** Into the space of both modalities: a matrix, a linear layer or nothing. `[batch, width]` → `[batch, embedDim]` */
export function projectText(x: tf.Tensor2D, scope: Scope, { projType, projBias }: TextConfig): tf.Tensor2D {
  if (projType === 'none') return x;
  if (projBias) return linearLayer(x, scope, 'text_projection') as tf.Tensor2D;
  return tf.matMul(x, scope('text_projection') as tf.Tensor2D);
}

/** The end-of-text token of each text. `[batch, length, width]` → `[batch, width]` */
export function endTokens(tokens: tf.Tensor3D, { lengths }: TokenBatch): tf.Tensor2D {
  const [batch, length, width] = tokens.shape;
  const ends = lengths.map((count, row) => row * length + count - 1);
  return tf.gather(tf.reshape(tokens, [batch * length, width]), tf.tensor1d(ends, 'int32')) as tf.Tensor2D;
}

/**
 * The tokens behind the last block, before the last norm. `[batch, length, width]`
 *
 * @param ids `[batch, length]`
 * @param watch is shown each block's links, `[batch, length − 1]`, where the tower learns them
 */
export function textStates(
  ids: tf.Tensor2D,
  lengths: Int32Array,
  scope: Scope,
  config: TextConfig,
  activation: Activation,
  watch?: Grouping['watch'],
): tf.Tensor3D {
  const { start, options } = textStart(ids, lengths, scope, config, watch);
  return transformer(start, scope.at('transformer'), config, activation, options);
}

/** What goes into the blocks: words at their places. */
function textStart(
  ids: tf.Tensor2D,
  lengths: Int32Array,
  scope: Scope,
  config: TextConfig,
  watch?: Grouping['watch'],
): { start: tf.Tensor3D; options: TransformerOptions } {
  const [batch, length] = ids.shape;
  const { width, grouping, noCausalMask } = config;
  const words = tf.reshape(tf.gather(tokenVectors(scope), tf.reshape(ids, [-1])), [batch, length, width]);
  const positions = tf.slice(scope('positional_embedding') as tf.Tensor, [0, 0], [length, width]);
  const start = tf.add(words, positions) as tf.Tensor3D;
  const groups = grouping && { config: grouping, layout: chainLayout(lengths, length), watch };
  const mask = noCausalMask ? undefined : causalMask(length);
  return { start, options: { mask, grouping: groups } };
}

const MASK_EMBEDDING = 'auxiliary.maskedText.embedding';

/** A vector for each id, and one more for hidden tokens (id `vocabSize`) in a model that guesses them. */
function tokenVectors(scope: Scope): tf.Tensor {
  const vectors = scope('token_embedding.weight');
  return scope.has(MASK_EMBEDDING)
    ? tf.concat([vectors as tf.Tensor, tf.expandDims(scope(MASK_EMBEDDING), 0)])
    : vectors;
}

/** Draws the tower's parameters below `prefix` (empty at the root) as open_clip and OpenAI do. */
export function initialiseText(init: Initialiser, config: TextConfig, embedDim: number, prefix = ''): void {
  const { width, layers, vocabSize, contextLength, projType, projBias } = config;
  const at = (name: string) => prefix + name;
  init.normal(at('token_embedding.weight'), [vocabSize, width], 0.02);
  init.normal(at('positional_embedding'), [contextLength, width], 0.01);
  initialiseTransformer(init, at('transformer'), config, {
    attention: width ** -0.5,
    projection: width ** -0.5 * (2 * layers) ** -0.5,
    hidden: (2 * width) ** -0.5,
  });
  init.norm(at('ln_final'), width);
  if (projType === 'none') return;
  if (!projBias) {
    init.normal(at('text_projection'), [width, embedDim], width ** -0.5);
    return;
  }
  init.normal(at('text_projection.weight'), [embedDim, width], width ** -0.5);
  init.constant(at('text_projection.bias'), [embedDim], 0);
}
