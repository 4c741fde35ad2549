import * as tf from '@tensorflow/tfjs-core';
import { type Activation, createRandom, gelu, quickGelu } from '../engine';
import { initialiser, type Parameters, scopeOf, unitLength } from '../nn';
import { type ClipConfig, checkConfig } from './config';
import { initialiseSecondOrder, type Mode, secondOrder } from './secondOrder';
import { initialiseText, type TokenBatch, textTower } from './text';
import { initialiseVision, visionTower } from './vision';

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
export function encodeImages(
  { config, parameters }: Clip,
  images: tf.Tensor4D,
  mode: Mode = EVALUATION,
): Encoded {
  const scope = scopeOf(parameters).at('visual');
  const head = config.secondOrder;
  const { pooled, tokens } = visionTower(images, scope, config.vision, activationOf(config), Boolean(head));
  const first = unitLength(pooled);
  if (!head || !tokens) return { first };
  const patches = { anchor: pooled, tokens: tf.slice(tokens, [0, 1, 0], [-1, -1, -1]) };
  return { first, second: unitLength(secondOrder(patches, scope, head, 'vision', mode)) };
}

/**
 * Texts as unit rows, and their second-order statistics where the model has such heads.
 *
 * @param texts ids and lengths, as the model's tokenizer makes them
 * @param mode as for pictures
 */
export function encodeTexts(
  { config, parameters }: Clip,
  texts: TokenBatch,
  mode: Mode = EVALUATION,
): Encoded {
  const scope = scopeOf(parameters);
  const head = config.secondOrder;
  const { pooled, tokens } = textTower(texts, scope, config.text, activationOf(config), Boolean(head));
  const first = unitLength(pooled);
  if (!head || !tokens) return { first };
  const positions = { anchor: pooled, tokens, lengths: texts.lengths };
  return { first, second: unitLength(secondOrder(positions, scope, head, 'text', mode)) };
}

/** exp(logit_scale): what cosines are multiplied by. Scalar. */
export function logitScale({ parameters }: Clip): tf.Scalar {
  return tf.exp(scopeOf(parameters)('logit_scale')) as tf.Scalar;
}

function activationOf(config: ClipConfig): Activation {
  return config.quickGelu ? quickGelu : gelu;
}
