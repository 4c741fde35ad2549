import * as tf from '@tensorflow/tfjs-core';
import { attentionWeights, type HeadAttention, layerNormLayer, linear, residualBlock, scopeOf } from '../nn';
import type { Clip } from './clip';
import { activationOf } from './config';
import { visionStates } from './vision';

/**
 * The tokens that go into a block of the image tower, class token first: 0 gives the placed patches, the number of layers
 * what comes out of the last block. `[batch, 1 + patches, width]`
 *
 * @param images normalised pixels, `[batch, imageSize, imageSize, 3]`
 * @throws RangeError where the tower has no such block, and as `visionStates` does
 */
export function statesBefore({ config, parameters }: Clip, images: tf.Tensor4D, layer: number): tf.Tensor3D {
  const { vision } = config;
  if (!Number.isInteger(layer) || layer < 0 || layer > vision.layers) {
    throw new RangeError(`Expected a layer from 0 to ${vision.layers}, the number of blocks, got ${layer}.`);
  }
  const scope = scopeOf(parameters).at('visual');
  return visionStates(images, scope, { ...vision, layers: layer }, activationOf(config, 'vision'));
}

/**
 * The attention of every block of the image tower, in the blocks' order, computed anew from `attn.in_proj` in its plain form,
 * since the fused kernels never write the weights down (PyTorch's `need_weights`, without averaging over heads).
 *
 * @param images normalised pixels, `[batch, imageSize, imageSize, 3]`
 * @throws where the tower is of another kind, or learns a grouping that changes its weights
 */
export function visionAttention(model: Clip, images: tf.Tensor4D): HeadAttention[] {
  const { vision } = model.config;
  if (vision.grouping) {
    throw new Error('Expected attention that is a softmax alone, but this tower gates it by its grouping.');
  }
  const { heads, normEps } = vision;
  const blocks = scopeOf(model.parameters).at('visual.transformer.resblocks');
  const shape = { heads, normEps, activation: activationOf(model.config, 'vision') };
  return tf.tidy(() => {
    let states = statesBefore(model, images, 0);
    return Array.from({ length: vision.layers }, (_, layer) => {
      if (layer > 0) states = tf.tidy(() => residualBlock(states, blocks.at(layer - 1), shape));
      const block = blocks.at(layer);
      return tf.tidy(() => {
        const normed = layerNormLayer(states, block, 'ln_1', normEps);
        const projected = linear(
          normed,
          block('attn.in_proj_weight'),
          block('attn.in_proj_bias'),
        ) as tf.Tensor3D;
        return { ...attentionWeights(projected, heads) };
      });
    });
  });
}

/**
 * Attention rollout (Abnar and Zuidema 2020, section 3): how much each token behind the last block may have taken from each
 * patch, if a block mixes tokens by the mean of its heads and by as much keeps them. Rows add up to 1.
 *
 * @param weights of the blocks in their order, `[batch, heads, tokens, tokens]` each
 * @returns `[batch, tokens, tokens]`
 */
export function attentionRollout(weights: readonly tf.Tensor4D[]): tf.Tensor3D {
  if (weights.length === 0) {
    throw new Error('Expected the attention of at least one block, got none: pass those of visionAttention.');
  }
  return tf.tidy(() => {
    const kept = tf.eye(weights[0].shape[2]);
    const steps = weights.map((one) => tf.mul(tf.add(tf.mean(one, 1), kept), 0.5) as tf.Tensor3D);
    return steps.reduce((before, step) => tf.matMul(step, before));
  });
}
