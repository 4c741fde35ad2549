import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from '../engine';
import {
  type Grouping,
  gridLayout,
  type Initialiser,
  initialiseTransformer,
  layerNormLayer,
  pickedTransformer,
  type Scope,
  type TransformerOptions,
  transformer,
} from '../nn';
import type { VisionConfig } from './config';

/** What a tower hands on: every token in the shared space, and the one that stands for the whole. */
export interface TowerOutput {
  /** The class or end-of-text token. `[batch, embedDim]` */
  pooled: tf.Tensor2D;
  /** All tokens after the final norm and projection. `[batch, tokens, embedDim]`; absent unless asked for. */
  tokens?: tf.Tensor3D;
}

/**
 * open_clip's `VisionTransformer`: patches, class token, positions, pre-norm, blocks, post-norm, projection.
 *
 * @param images normalised pixels, `[batch, imageSize, imageSize, 3]`
 * @param scope the parameters below `visual`
 */
export function visionTower(
  images: tf.Tensor4D,
  scope: Scope,
  config: VisionConfig,
  activation: Activation,
  wantTokens = false,
): TowerOutput {
  const batch = images.shape[0];
  if (!wantTokens) {
    const { start, options } = visionStart(images, scope, config);
    const tokens = start.shape[1];
    const rows = tf.range(0, batch * tokens, tokens, 'int32'); // the class tokens
    const first = pickedTransformer(start, scope.at('transformer'), config, activation, { rows }, options);
    return {
      pooled: tf.matMul(layerNormLayer(first, scope, 'ln_post', config.normEps), scope('proj') as tf.Tensor),
    };
  }
  const hidden = visionStates(images, scope, config, activation);
  const tokens = project(layerNormLayer(hidden, scope, 'ln_post', config.normEps), scope('proj'));
  const embedDim = tokens.shape[2];
  return { pooled: tf.reshape(tf.slice(tokens, [0, 0, 0], [batch, 1, embedDim]), [batch, embedDim]), tokens };
}

/**
 * The tokens behind the last block, class token first, before the last norm: a grid of features for whoever needs more
 * than one vector of a picture. `[batch, 1 + patches, width]`
 *
 * @param watch is shown each block's links, across and down the grid, where the tower learns them
 * @throws for a tower of another kind, which has no such tokens
 */
export function visionStates(
  images: tf.Tensor4D,
  scope: Scope,
  config: VisionConfig,
  activation: Activation,
  watch?: Grouping['watch'],
): tf.Tensor3D {
  const { start, options } = visionStart(images, scope, config, watch);
  return transformer(start, scope.at('transformer'), config, activation, options);
}

/** What goes into the blocks: the class token and the patches, placed and normalised. */
function visionStart(
  images: tf.Tensor4D,
  scope: Scope,
  config: VisionConfig,
  watch?: Grouping['watch'],
): { start: tf.Tensor3D; options: TransformerOptions } {
  const batch = images.shape[0];
  const { width, grouping, imageSize, patchSize, normEps, tower } = config;
  if (tower) {
    throw new Error(`Expected a vision transformer with a class token, got the image tower "${tower}".`);
  }
  const patches = patchEmbedding(images, scope('conv1.weight'), config.patchSize);
  const classToken = tf.tile(tf.reshape(scope('class_embedding'), [1, 1, width]), [batch, 1, 1]);
  const placed = tf.add(tf.concat([classToken, patches], 1), scope('positional_embedding')) as tf.Tensor3D;
  const start = layerNormLayer(placed, scope, 'ln_pre', normEps);
  const groups = grouping && { config: grouping, layout: gridLayout(imageSize / patchSize), watch };
  return { start, options: { grouping: groups } };
}

/** x·P for every token. `[batch, tokens, width]` → `[batch, tokens, embedDim]` */
export function project(x: tf.Tensor3D, projection: tf.Tensor): tf.Tensor3D {
  const [batch, tokens, width] = x.shape;
  return tf.reshape(tf.matMul(tf.reshape(x, [-1, width]), projection), [batch, tokens, projection.shape[1]!]);
}

/**
 * Cuts pictures into patches and projects each: a convolution whose stride is its kernel, written as one product.
 *
 * @param kernel PyTorch's layout, `[width, 3, patch, patch]`
 * @returns `[batch, patches, width]`, row by row
 */
export function patchEmbedding(images: tf.Tensor4D, kernel: tf.Tensor, patch: number): tf.Tensor3D {
  const [batch, height, , channels] = images.shape;
  const grid = height / patch;
  const [width] = kernel.shape;
  // A patch's pixels in a row stay together, so that long stretches are moved; the kernel is put into the same order.
  const cells = tf.reshape(images, [batch, grid, patch, grid, patch * channels]);
  const rows = tf.reshape(tf.transpose(cells, [0, 1, 3, 2, 4]), [
    -1,
    patch * patch * channels,
  ]) as tf.Tensor2D;
  const flatKernel = tf.reshape(tf.transpose(kernel, [0, 2, 3, 1]), [width, -1]) as tf.Tensor2D;
  return tf.reshape(tf.matMul(rows, flatKernel, false, true), [batch, grid * grid, width]);
}

/** Draws the tower's parameters as open_clip does. */
export function initialiseVision(init: Initialiser, config: VisionConfig, embedDim: number): void {
  const { width, patchSize, imageSize } = config;
  const patches = (imageSize / patchSize) ** 2;
  const scale = width ** -0.5;
  init.uniform('visual.conv1.weight', [width, 3, patchSize, patchSize], 1 / Math.sqrt(3 * patchSize ** 2));
  init.normal('visual.class_embedding', [width], scale);
  init.normal('visual.positional_embedding', [patches + 1, width], scale);
  init.norm('visual.ln_pre', width);
  initialiseTransformer(init, 'visual.transformer', config);
  init.norm('visual.ln_post', width);
  init.normal('visual.proj', [width, embedDim], scale);
}
