import * as tf from '@tensorflow/tfjs-core';
import { layerNormLayer, linear, type Scope, scopeOf } from '../nn';
import type { Clip } from './clip';
import { activationOf } from './config';
import { visionStates } from './vision';

/** What one block's attention does: who looks where, and what is read there. */
export interface BlockAttention {
  /** How much each token (third axis) takes from each (fourth); rows add up to 1. `[batch, heads, tokens, tokens]` */
  weights: tf.Tensor4D;
  /** What each head reads from a token. `[batch, heads, tokens, width / heads]` */
  values: tf.Tensor4D;
}

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
 * since the fused kernels never write the weights down (PyTorch's `need_weights`, without averaging over heads). Slow: each
 * block starts from the pixels.
 *
 * @param images normalised pixels, `[batch, imageSize, imageSize, 3]`
 * @throws where the tower is of another kind, or learns a grouping that changes its weights
 */
export function visionAttention(model: Clip, images: tf.Tensor4D): BlockAttention[] {
  const { vision } = model.config;
  if (vision.grouping) {
    throw new Error('Expected attention that is a softmax alone, but this tower gates it by its grouping.');
  }
  const blocks = scopeOf(model.parameters).at('visual.transformer.resblocks');
  return Array.from({ length: vision.layers }, (_, layer) =>
    tf.tidy(() => {
      const { weights, values } = attentionOf(
        statesBefore(model, images, layer),
        blocks.at(layer),
        vision.heads,
        vision.normEps,
      );
      return { weights, values };
    }),
  );
}

/** Of tokens that go into a block, `[batch, tokens, width]`. */
function attentionOf(states: tf.Tensor3D, block: Scope, heads: number, normEps?: number): BlockAttention {
  const [batch, tokens, width] = states.shape;
  const normed = layerNormLayer(states, block, 'ln_1', normEps);
  const projected = linear(normed, block('attn.in_proj_weight'), block('attn.in_proj_bias'));
  const [query, key, values] = tf.unstack(
    tf.transpose(tf.reshape(projected, [batch, tokens, 3, heads, width / heads]), [2, 0, 3, 1, 4]),
  ) as tf.Tensor4D[];
  const scores = tf.matMul(tf.mul(query, (width / heads) ** -0.5), key, false, true);
  return { weights: tf.softmax(scores) as tf.Tensor4D, values };
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
