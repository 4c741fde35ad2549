import * as tf from '@tensorflow/tfjs-core';
import { type Activation, createRandom, gelu, quickGelu } from '../engine';
import { initialiser, type Parameters, type Scope, scopeOf, unitLength } from '../nn';
import { type ClipConfig, checkConfig, resolveSecondOrder } from './config';
import type { Mode } from './reduction';
import { initialiseSecondOrder, secondOrder, type Tower } from './secondOrder';
import { initialiseText, type TokenBatch, textTower } from './text';
import { meanToken, type TokenSet } from './tokenWeights';
import { initialiseVision, patchEmbedding, visionTower } from './vision';

/** Two towers and a temperature. */
export interface Clip {
  config: ClipConfig;
  parameters: Parameters;
}

/** One modality's embeddings, rows of unit length. */
export interface Encoded {
  /** First-order statistics: the class or end-of-text token. `[batch, embedDim]` */
  first: tf.Tensor2D;
  /** Second-order statistics, in a model that has them. `[batch, embedDim]` */
  second?: tf.Tensor2D;
}

/** The temperature's start: logits are cosines times 1/0.07. */
export const LOGIT_SCALE_START = Math.log(1 / 0.07);

/** The temperatures' parameters: the first order's, or both orders'; and the second order's where it has its own. */
export const LOGIT_SCALES = ['logit_scale', 'logit_scale_second'] as const;

const EVALUATION: Mode = { training: false };

/**
 * A freshly initialised model; one seed gives one model.
 *
 * @throws when the sizes in `config` do not fit together
 */
export function createClip(config: ClipConfig, seed: number): Clip {
  checkConfig(config);
  const parameters: Parameters = new Map();
  const init = initialiser(parameters, createRandom(seed).fork('parameters'));
  initialiseText(init, config.text, config.embedDim);
  initialiseVision(init, config.vision, config.embedDim);
  init.constant('logit_scale', [], LOGIT_SCALE_START);
  if (config.secondOrder) {
    if (config.secondOrder.logitScale === 'separate')
      init.constant('logit_scale_second', [], LOGIT_SCALE_START);
    initialiseSecondOrder(init, 'vision', config.secondOrder, config.embedDim);
    initialiseSecondOrder(init, 'text', config.secondOrder, config.embedDim);
  }
  return { config, parameters };
}

/**
 * Pictures as unit rows, and their second-order statistics where the model has such heads.
 *
 * @param images normalised pixels, `[batch, imageSize, imageSize, 3]`
 * @param mode evaluation unless told otherwise: only second-order heads behave differently in training
 */
export function encodeImages(model: Clip, images: tf.Tensor4D, mode: Mode = EVALUATION): Encoded {
  const { config, parameters } = model;
  if (!needsTokens(config)) {
    const scope = scopeOf(parameters).at('visual');
    return { first: unitLength(visionTower(images, scope, config.vision, activationOf(config)).pooled) };
  }
  return encodeTokens(model, imageTokens(model, images), 'vision', mode);
}

/**
 * Texts as unit rows, and their second-order statistics where the model has such heads.
 *
 * @param texts ids and lengths, as the model's tokenizer makes them
 * @param mode as for pictures
 */
export function encodeTexts(model: Clip, texts: TokenBatch, mode: Mode = EVALUATION): Encoded {
  const { config, parameters } = model;
  if (!needsTokens(config)) {
    const { pooled } = textTower(texts, scopeOf(parameters), config.text, activationOf(config));
    return { first: unitLength(pooled) };
  }
  return encodeTokens(model, textTokens(model, texts), 'text', mode);
}

/** The tokens of pictures that statistics are taken of: the patches, and the class token as their anchor. */
export function imageTokens({ config, parameters }: Clip, images: tf.Tensor4D): TokenSet {
  const scope = scopeOf(parameters).at('visual');
  const { pooled, tokens } = visionTower(images, scope, config.vision, activationOf(config), true);
  return { anchor: pooled, tokens: tf.slice(tokens!, [0, 1, 0], [-1, -1, -1]) };
}

/** Patches after the patch embedding, before positions and blocks: a linear map of pixels. `[batch, M, width]` */
export function patchTokens({ config, parameters }: Clip, images: tf.Tensor4D): tf.Tensor3D {
  return patchEmbedding(images, scopeOf(parameters)('visual.conv1.weight'), config.vision.patchSize);
}

/** The tokens of texts that statistics are taken of, with the end-of-text token as their anchor. */
export function textTokens({ config, parameters }: Clip, texts: TokenBatch): TokenSet {
  const keepsPadding = config.secondOrder && resolveSecondOrder(config.secondOrder).padding === 'kept';
  const { pooled, tokens } = textTower(
    texts,
    scopeOf(parameters),
    config.text,
    activationOf(config),
    keepsPadding ? 'padded' : 'real',
  );
  return { anchor: pooled, tokens: tokens!, lengths: texts.lengths };
}

/** The scope of a tower's second-order parameters: `visual`, or the root for texts. */
export function towerScope({ parameters }: Clip, tower: Tower): Scope {
  const root = scopeOf(parameters);
  return tower === 'vision' ? root.at('visual') : root;
}

function encodeTokens(model: Clip, set: TokenSet, tower: Tower, mode: Mode): Encoded {
  const { secondOrder: heads, pooling } = model.config;
  const first = unitLength(pooling === 'mean' ? meanToken(set) : set.anchor);
  if (!heads) return { first };
  return { first, second: unitLength(secondOrder(set, towerScope(model, tower), heads, tower, mode)) };
}

function needsTokens({ secondOrder: heads, pooling }: ClipConfig): boolean {
  return heads !== undefined || pooling === 'mean';
}

/** exp(logit_scale): what first-order cosines are multiplied by, or second-order ones where they have their own. Scalar. */
export function logitScale({ config, parameters }: Clip, order: keyof Encoded = 'first'): tf.Scalar {
  const separate = order === 'second' && config.secondOrder?.logitScale === 'separate';
  return tf.exp(scopeOf(parameters)(separate ? LOGIT_SCALES[1] : LOGIT_SCALES[0])) as tf.Scalar;
}

function activationOf(config: ClipConfig): Activation {
  return config.quickGelu ? quickGelu : gelu;
}
