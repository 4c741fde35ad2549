import * as tf from '@tensorflow/tfjs-core';
import { createRandom } from '../engine';
import { type Initialiser, initialiser, type Parameters, type Scope, scopeOf, unitLength } from '../nn';
import { augmentationResidual } from './augmentationHead';
import { auxiliaryScope, initialiseAuxiliary } from './auxiliary';
import { activationOf, type ClipConfig, checkConfig, resolveSecondOrder } from './config';
import { imageFeatures } from './features';
import { imageEmbeddings, initialiseImageTower } from './imageTower';
import type { Mode } from './reduction';
import { initialiseSecondOrder, secondOrder, type Tower } from './secondOrder';
import { LOGIT_SCALE_START } from './temperature';
import { initialiseText, type TokenBatch, textTower } from './text';
import { textScope } from './textScope';
import { meanToken, type TokenSet } from './tokenWeights';
import { patchEmbedding, visionTower } from './vision';

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

const EVALUATION: Mode = { training: false };

/**
 * A freshly initialised model; one seed gives one model.
 *
 * @throws when the sizes in `config` do not fit together
 */
export function createClip(config: ClipConfig, seed: number): Clip {
  checkConfig(config);
  const parameters: Parameters = new Map();
  drawParameters(initialiser(parameters, createRandom(seed).fork('parameters')), config);
  return { config, parameters };
}

/** Hands every parameter of a model, with its shape and how it is drawn, to `init`. */
export function drawParameters(init: Initialiser, config: ClipConfig): void {
  const { vision, text, embedDim, secondOrder: heads } = config;
  initialiseText(init, text, embedDim, config.customText ? 'text.' : '');
  initialiseImageTower(init, vision, embedDim);
  init.constant('logit_scale', [], config.initLogitScale ?? LOGIT_SCALE_START);
  if (config.initLogitBias !== undefined) init.constant('logit_bias', [], config.initLogitBias);
  initialiseAuxiliary(init, config);
  if (!heads) return;
  if (heads.logitScale === 'separate') init.constant('logit_scale_second', [], LOGIT_SCALE_START);
  initialiseSecondOrder(init, 'vision', heads, embedDim);
  initialiseSecondOrder(init, 'text', heads, embedDim);
}

/**
 * Pictures as unit rows, and their second-order statistics where the model has such heads.
 *
 * @param images normalised pixels, `[batch, imageSize, imageSize, 3]`
 * @param mode evaluation unless told otherwise: only second-order heads and ResNets behave differently in training
 */
export function encodeImages(model: Clip, images: tf.Tensor4D, mode: Mode = EVALUATION): Encoded {
  const { config } = model;
  if (config.auxiliary?.augmentation) return { first: augmentedImages(model, images) };
  if (!needsTokens(config)) return { first: unitLength(imageEmbeddings(model, images, mode)) };
  return encodeTokens(model, imageTokens(model, images), 'vision', mode);
}

/**
 * Pictures of a model with an augmentation encoder, as unit rows.
 *
 * @param augmentation what was done to each picture, `[batch, inputs]`; absent: nothing was, as at test time
 * @returns `[batch, embedDim]`
 */
export function augmentedImages(model: Clip, images: tf.Tensor4D, augmentation?: tf.Tensor2D): tf.Tensor2D {
  const { hidden, pooled } = imageFeatures(model, images);
  const { inputs } = model.config.auxiliary!.augmentation!;
  const done = augmentation ?? tf.zeros<tf.Rank.R2>([images.shape[0], inputs]);
  const residual = augmentationResidual(hidden, done, auxiliaryScope(model, 'augmentation'));
  return unitLength(tf.add(pooled, residual)) as tf.Tensor2D;
}

/**
 * Texts as unit rows, and their second-order statistics where the model has such heads.
 *
 * @param texts ids and lengths, as the model's tokenizer makes them
 * @param mode as for pictures
 */
export function encodeTexts(model: Clip, texts: TokenBatch, mode: Mode = EVALUATION): Encoded {
  const { config } = model;
  if (!needsTokens(config)) {
    const { pooled } = textTower(texts, textScope(model), config.text, activationOf(config, 'text'));
    return { first: unitLength(pooled) };
  }
  return encodeTokens(model, textTokens(model, texts), 'text', mode);
}

/** The tokens of pictures that statistics are taken of: the patches, and the class token as their anchor. */
export function imageTokens({ config, parameters }: Clip, images: tf.Tensor4D): TokenSet {
  const scope = scopeOf(parameters).at('visual');
  const { pooled, tokens } = visionTower(images, scope, config.vision, activationOf(config, 'vision'), true);
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
    activationOf(config, 'text'),
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
  return tf.exp(scopeOf(parameters)(separate ? 'logit_scale_second' : 'logit_scale')) as tf.Scalar;
}

/**
 * What probabilities come from: exp(logit_scale) times the cosines, and logit_bias in a model that has one (open_clip's
 * `get_logits`). With a bias each number stands for itself, through a sigmoid; without, a picture's row goes through a softmax.
 *
 * @param images unit rows, `[images, embedDim]`
 * @param texts unit rows, `[texts, embedDim]`
 * @returns `[images, texts]`
 */
export function pairLogits(model: Clip, images: tf.Tensor2D, texts: tf.Tensor2D): tf.Tensor2D {
  const logits = tf.mul(tf.matMul(images, texts, false, true), logitScale(model));
  const bias = logitBias(model);
  return (bias ? tf.add(logits, bias) : logits) as tf.Tensor2D;
}

/** What is added to scaled cosines, a scalar; undefined in a model without. */
export function logitBias({ parameters }: Clip): tf.Scalar | undefined {
  return parameters.get('logit_bias') as tf.Scalar | undefined;
}
