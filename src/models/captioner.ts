import * as tf from '@tensorflow/tfjs-core';
import { createRandom, gelu } from '../engine';
import {
  causalMask,
  initialiser,
  initialiseTransformer,
  layerNormLayer,
  linearLayer,
  type Parameters,
  type Scope,
  scopeOf,
  transformer,
} from '../nn';
import { type CaptionerConfig, checkCaptioner } from './captionerConfig';
import { conceptEmbeddings, gateGrid } from './captionerGate';

/** The trained part of a captioner; the image tower stands outside, frozen. */
export interface Captioner {
  config: CaptionerConfig;
  parameters: Parameters;
}

/** What a captioner sees of a batch of pictures. */
export interface CaptionerInput {
  /** Patch tokens of the frozen tower, without the class token. `[batch, cells, gridWidth]` */
  grid: tf.Tensor3D;
  /** For each picture the token ids of each of its concepts; as many concepts for each. */
  concepts: readonly (readonly (readonly number[])[])[];
}

/** Rows of `type_embedding`. */
const TYPES = { concept: 0, grid: 1, caption: 2 } as const;

/**
 * A freshly initialised captioner; one seed gives one model, and a parameter starts the same whatever options add others.
 *
 * @throws when the sizes in `config` do not fit together
 */
export function createCaptioner(config: CaptionerConfig, seed: number): Captioner {
  checkCaptioner(config);
  const { width, gridWidth, vocabSize, contextLength, layers, gate, predictionHeads } = config;
  const parameters: Parameters = new Map();
  const init = initialiser(parameters, createRandom(seed).fork('captioner'));
  init.normal('token_embedding.weight', [vocabSize, width], 0.02);
  init.normal('positional_embedding', [contextLength, width], 0.02);
  init.normal('type_embedding', [Object.keys(TYPES).length, width], 0.02);
  init.linear('grid_proj', gridWidth, width);
  if (gate) {
    init.linear('modulator.w1', width, gate.hidden, false);
    init.linear('modulator.w2', gate.hidden, gridWidth, false);
  }
  init.norm('ln_pre', width);
  initialiseTransformer(init, 'transformer', config, {
    attention: width ** -0.5,
    projection: width ** -0.5 * (2 * layers) ** -0.5,
    hidden: (2 * width) ** -0.5,
  });
  init.norm('ln_final', width);
  for (let head = 0; head < predictionHeads; head++) {
    init.linear(`heads.${head}.dense`, width, width);
    init.norm(`heads.${head}.ln`, width);
    init.constant(`heads.${head}.bias`, [vocabSize], 0);
  }
  return { config, parameters };
}

/**
 * What stands in front of every caption: concept tokens, where the model has them, then the gated grid.
 *
 * @returns `[batch, concepts + cells, width]`
 */
export function captionPrefix(
  { config, parameters }: Captioner,
  { grid, concepts }: CaptionerInput,
): tf.Tensor3D {
  const scope = scopeOf(parameters);
  const needed = config.conceptTokens || config.gate !== undefined;
  const names = needed ? conceptEmbeddings(scope('token_embedding.weight'), concepts) : null; // [batch, K, width]
  const opened = config.gate ? gateGrid(grid, names!, scope.at('modulator')) : grid;
  const cells = typed(linearLayer(opened, scope, 'grid_proj') as tf.Tensor3D, scope, 'grid');
  const tokens = config.conceptTokens ? tf.concat([typed(names!, scope, 'concept'), cells], 1) : cells;
  return layerNormLayer(tokens, scope, 'ln_pre');
}

/**
 * Token ids as the decoder reads them.
 *
 * @param tokens `[batch, length]`
 * @param first the place of the first column in its caption
 * @returns `[batch, length, width]`
 */
export function captionTokens({ parameters }: Captioner, tokens: tf.Tensor2D, first = 0): tf.Tensor3D {
  const scope = scopeOf(parameters);
  const [batch, length] = tokens.shape;
  const table = scope('token_embedding.weight') as tf.Tensor2D;
  const width = table.shape[1];
  const words = tf.reshape(tf.gather(table, tf.reshape(tokens, [-1])), [batch, length, width]);
  const positions = tf.slice(scope('positional_embedding') as tf.Tensor2D, [first, 0], [length, width]);
  return layerNormLayer(typed(tf.add(words, positions) as tf.Tensor3D, scope, 'caption'), scope, 'ln_pre');
}

/**
 * The decoder over prefix and caption. The prefix sees itself alone, a caption's token the prefix, itself and what stands
 * before it.
 *
 * @param tokens ids with the start in the first column, `[batch, length]`
 * @returns the states of the caption's tokens, `[batch, length, width]`; `predictTokens` reads the next token from them
 */
export function captionStates(model: Captioner, input: CaptionerInput, tokens: tf.Tensor2D): tf.Tensor3D {
  const scope = scopeOf(model.parameters);
  const prefix = captionPrefix(model, input);
  const [batch, before, width] = prefix.shape;
  const length = tokens.shape[1];
  const joined = tf.concat([prefix, captionTokens(model, tokens)], 1);
  const mask = prefixMask(before, length);
  const hidden = transformer(joined, scope.at('transformer'), model.config, gelu, { mask });
  return layerNormLayer(tf.slice(hidden, [0, before, 0], [batch, length, width]), scope, 'ln_final');
}

/**
 * The mean of all heads' logits. Their last matrix is the token table for all, so that it is multiplied once.
 *
 * @param states `[rows, width]`
 * @returns `[rows, vocabSize]`
 */
export function predictTokens({ config, parameters }: Captioner, states: tf.Tensor2D): tf.Tensor2D {
  const scope = scopeOf(parameters);
  const heads = Array.from({ length: config.predictionHeads }, (_, head) => scope.at('heads').at(head));
  const mean = (tensors: tf.Tensor[]) => tf.div(tf.addN(tensors), tensors.length);
  const ready = mean(heads.map((head) => transformed(states, head))) as tf.Tensor2D;
  const table = scope('token_embedding.weight') as tf.Tensor2D;
  return tf.add(tf.matMul(ready, table, false, true), mean(heads.map((head) => head('bias'))));
}

/** The logits of one head: BERT's dense layer, GELU and norm, then the token table and a bias. `[rows, vocabSize]` */
export function predictWithHead({ parameters }: Captioner, states: tf.Tensor2D, head: number): tf.Tensor2D {
  const scope = scopeOf(parameters);
  const own = scope.at('heads').at(head);
  const table = scope('token_embedding.weight') as tf.Tensor2D;
  return tf.add(tf.matMul(transformed(states, own), table, false, true), own('bias'));
}

/** The mask of a prefix without a view of the captions behind it. `[prefix + length, prefix + length]` */
export function prefixMask(prefix: number, length: number): tf.Tensor2D {
  const ahead = tf.fill([prefix, length], Number.NEGATIVE_INFINITY);
  const seen = tf.zeros([prefix + length, prefix]);
  const captions = tf.concat([ahead, causalMask(length)], 0);
  return tf.concat([seen, captions], 1) as tf.Tensor2D;
}

function transformed(states: tf.Tensor2D, head: Scope): tf.Tensor2D {
  return layerNormLayer(gelu(linearLayer(states, head, 'dense')), head, 'ln') as tf.Tensor2D;
}

function typed(tokens: tf.Tensor3D, scope: Scope, type: keyof typeof TYPES): tf.Tensor3D {
  return tf.add(tokens, tf.slice(scope('type_embedding') as tf.Tensor2D, [TYPES[type], 0], [1, -1]));
}
