import * as tf from '@tensorflow/tfjs-core';
import { gelu } from '../engine';
import { type Initialiser, linearLayer, type Scope } from '../nn';
import { LOGIT_SCALE_START } from './temperature';

/** The sizes of an augmentation head. */
export interface AugmentationHeadShape {
  /** Numbers that say what was done to a picture. */
  inputs: number;
  embedDim: number;
  /** Of the picture's features before they are projected, the tower's width. */
  featureWidth: number;
  /** Of the encoded augmentation e_a. */
  width: number;
  /** Of the hidden layers of both perceptrons. */
  hidden: number;
}

const ENCODER_LAYERS = 3;

/**
 * UniCLIP-style augmentation awareness (after Lee et al. 2022): a strongly augmented picture no longer matches its text,
 * so the embedding is told what was done. That an encoder of the augmentation meets the picture's features in the
 * projection is the paper's; the form is ours: z = unit(P·h + R([h; e_a])) with e_a a perceptron of three layers on the
 * augmentation and R one of two. This is R([h; e_a]), to be added to the embedding before it gets unit length.
 *
 * @param features h, `[batch, featureWidth]`
 * @param augmentation what was done to each picture, `[batch, inputs]`; zeros at test time, where nothing is done
 * @returns `[batch, embedDim]`
 */
export function augmentationResidual(
  features: tf.Tensor2D,
  augmentation: tf.Tensor2D,
  scope: Scope,
): tf.Tensor2D {
  const joined = tf.concat([features, encodeAugmentation(augmentation, scope.at('encoder'))], 1);
  const hidden = gelu(linearLayer(joined, scope, 'residual.c_fc'));
  return linearLayer(hidden, scope, 'residual.c_proj') as tf.Tensor2D;
}

/** e_a, `[batch, width]`. */
function encodeAugmentation(augmentation: tf.Tensor2D, encoder: Scope): tf.Tensor2D {
  let encoded: tf.Tensor = augmentation;
  for (let layer = 0; layer < ENCODER_LAYERS; layer++) {
    encoded = linearLayer(layer > 0 ? gelu(encoded) : encoded, encoder, String(layer));
  }
  return encoded as tf.Tensor2D;
}

/** Draws the head as PyTorch draws linear layers; R's last layer is zero, so that a model starts without the head's effect. */
export function initialiseAugmentationHead(
  init: Initialiser,
  prefix: string,
  { inputs, embedDim, featureWidth, width, hidden }: AugmentationHeadShape,
): void {
  const sizes = [inputs, ...Array<number>(ENCODER_LAYERS - 1).fill(hidden), width];
  for (let layer = 0; layer < ENCODER_LAYERS; layer++) {
    init.linear(`${prefix}.encoder.${layer}`, sizes[layer], sizes[layer + 1]);
  }
  init.linear(`${prefix}.residual.c_fc`, featureWidth + width, hidden);
  init.constant(`${prefix}.residual.c_proj.weight`, [embedDim, hidden], 0);
  init.constant(`${prefix}.residual.c_proj.bias`, [embedDim], 0);
}

/** The combinations of domains that two embeddings may come from, in the order of their scales and offsets. */
export const DOMAINS = ['imageImage', 'imageText', 'textText'] as const;

/** What makes a similarity of a cosine in each of `DOMAINS`; `[3]` each. */
export interface Domains {
  /** What cosines are multiplied by. */
  scales: tf.Tensor1D;
  /** What is subtracted from them before, b_D. */
  offsets: tf.Tensor1D;
}

/** Scales that start where CLIP's does, offsets that start at 0; both are learnt. */
export function initialiseDomains(init: Initialiser, prefix: string): void {
  init.constant(`${prefix}.logit_scale`, [DOMAINS.length], LOGIT_SCALE_START);
  init.constant(`${prefix}.offset`, [DOMAINS.length], 0);
}

/** exp(logit_scale) and the offsets of a scope. */
export function domainScales(scope: Scope): Domains {
  return { scales: tf.exp(scope('logit_scale')) as tf.Tensor1D, offsets: scope('offset') as tf.Tensor1D };
}
