import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from '../engine';
import {
  causalMask,
  chainLayout,
  type Grouping,
  type Initialiser,
  initialiseTransformer,
  layerNormLayer,
  type Scope,
  transformer,
} from '../nn';
import type { TextConfig } from './config';
import { project, type TowerOutput } from './vision';

/** Token ids of a batch of texts, as a tokenizer makes them. */
export interface TokenBatch {
  /** `[batch, contextLength]`, zero after the end-of-text token */
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

/**
 * open_clip's text transformer: token and position embeddings, causal blocks, final norm, projection; the
 * end-of-text token stands for the text. Attention is causal and the end token is the last one, so the padding
 * behind the batch's longest text is cut without changing any result.
 *
 * @param scope the model's parameters, at the root
 */
export function textTower(
  batchOfTokens: TokenBatch,
  scope: Scope,
  config: TextConfig,
  activation: Activation,
  wanted: WantedTokens = 'none',
): TowerOutput {
  const ids = wanted === 'padded' ? allIds(batchOfTokens) : trimmedIds(batchOfTokens);
  const hidden = textStates(ids, batchOfTokens.lengths, scope, config, activation);
  const projection = scope('text_projection');
  if (wanted === 'none') {
    const ends = layerNormLayer(endTokens(hidden, batchOfTokens), scope, 'ln_final');
    return { pooled: tf.matMul(ends, projection as tf.Tensor) };
  }
  const tokens = project(layerNormLayer(hidden, scope, 'ln_final'), projection);
  return { pooled: endTokens(tokens, batchOfTokens), tokens };
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
  const [batch, length] = ids.shape;
  const { width, grouping } = config;
  const words = tf.reshape(tf.gather(tokenVectors(scope), tf.reshape(ids, [-1])), [batch, length, width]);
  const positions = tf.slice(scope('positional_embedding') as tf.Tensor, [0, 0], [length, width]);
  const placed = tf.add(words, positions) as tf.Tensor3D;
  const groups = grouping && { config: grouping, layout: chainLayout(lengths, length), watch };
  return transformer(placed, scope.at('transformer'), config, activation, causalMask(length), groups);
}

const MASK_EMBEDDING = 'auxiliary.maskedText.embedding';

/** A vector for each id, and one more for hidden tokens (id `vocabSize`) in a model that guesses them. */
function tokenVectors(scope: Scope): tf.Tensor {
  const vectors = scope('token_embedding.weight');
  return scope.has(MASK_EMBEDDING)
    ? tf.concat([vectors as tf.Tensor, tf.expandDims(scope(MASK_EMBEDDING), 0)])
    : vectors;
}

/** Draws the tower's parameters as open_clip (and OpenAI) do. */
export function initialiseText(init: Initialiser, config: TextConfig, embedDim: number): void {
  const { width, layers, vocabSize, contextLength } = config;
  init.normal('token_embedding.weight', [vocabSize, width], 0.02);
  init.normal('positional_embedding', [contextLength, width], 0.01);
  initialiseTransformer(init, 'transformer', config, {
    attention: width ** -0.5,
    projection: width ** -0.5 * (2 * layers) ** -0.5,
    hidden: (2 * width) ** -0.5,
  });
  init.norm('ln_final', width);
  init.normal('text_projection', [width, embedDim], width ** -0.5);
}
