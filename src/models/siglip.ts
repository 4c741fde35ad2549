import * as tf from '@tensorflow/tfjs-core';
import { type Activation, currentPrecision } from '../engine';
import {
  addPerceptron,
  attendOnce,
  type Initialiser,
  layerNormLayer,
  linearLayer,
  recomputed,
  residualBlock,
  type Scope,
  TIMM_BLOCK,
} from '../nn';
import type { VisionConfig } from './config';
import { patchEmbedding } from './vision';

/** timm's, as in big_vision. */
const NORM_EPSILON = 1e-6;

/**
 * SigLIP's image tower (Zhai et al. 2023): timm's vision transformer as open_clip saves it, below `visual.trunk`. Patches
 * with bias and positions, no class token, no norm before the blocks; a learned query looks at all patches at the end
 * ("MAP", multi-head attention pooling) and has a perceptron of its own.
 *
 * Pixels at the right and lower edge that no whole patch holds are cut off, as in timm: 384 pixels make 27 patches of 14.
 *
 * @param images normalised pixels, `[batch, imageSize, imageSize, 3]`
 * @param scope the parameters below `visual`
 * @returns not normalised, `[batch, width]`
 */
export function siglipTower(
  images: tf.Tensor4D,
  scope: Scope,
  config: VisionConfig,
  activation: Activation,
): tf.Tensor2D {
  const trunk = scope.at('trunk');
  const { patchSize, heads, layers } = config;
  const shape = {
    heads,
    activation,
    normEps: NORM_EPSILON,
    names: TIMM_BLOCK,
    precision: currentPrecision(),
  };
  const covered = gridSide(config) * patchSize;
  const whole = tf.slice(images, [0, 0, 0, 0], [-1, covered, covered, -1]);
  const patches = patchEmbedding(whole, trunk('patch_embed.proj.weight'), patchSize);
  const placed = tf.add(tf.add(patches, trunk('patch_embed.proj.bias')), trunk('pos_embed'));
  let x = placed as tf.Tensor3D;
  for (let layer = 0; layer < layers; layer++) {
    const ofBlock = trunk.at('blocks').at(layer);
    const block = ([x]: readonly tf.Tensor[]) => residualBlock(x as tf.Tensor3D, ofBlock, shape);
    x = recomputed(block, [x], ofBlock.all());
  }
  return mapHead(layerNormLayer(x, trunk, 'norm', NORM_EPSILON), trunk.at('attn_pool'), heads, activation);
}

/** What a learned query sees in all tokens. `[batch, tokens, width]` → `[batch, width]` */
function mapHead(tokens: tf.Tensor3D, scope: Scope, heads: number, activation: Activation): tf.Tensor2D {
  const [batch, , width] = tokens.shape;
  const latent = linearLayer(tf.reshape(scope('latent'), [1, width]), scope, 'q');
  const query = tf.tile(latent, [batch, 1]) as tf.Tensor2D;
  const [key, value] = tf.split(linearLayer(tokens, scope, 'kv'), 2, 2) as tf.Tensor3D[];
  const seen = linearLayer(attendOnce(query, key, value, heads), scope, 'proj') as tf.Tensor2D;
  const names = { ...TIMM_BLOCK, norms: ['norm', 'norm'] } as const;
  return addPerceptron(seen, scope, { activation, normEps: NORM_EPSILON, names });
}

/** Whole patches along one side. */
function gridSide({ imageSize, patchSize }: VisionConfig): number {
  return Math.floor(imageSize / patchSize);
}

/** Draws the tower's parameters as timm does. */
export function initialiseSiglip(init: Initialiser, config: VisionConfig): void {
  const { width, patchSize, layers, mlpRatio = 4 } = config;
  const at = (name: string) => `visual.trunk.${name}`;
  const inner = Math.floor(width * mlpRatio);
  const linear = (name: string, fanIn: number, fanOut: number) => {
    init.normal(at(`${name}.weight`), [fanOut, fanIn], 0.02);
    init.constant(at(`${name}.bias`), [fanOut], 0);
  };
  const perceptron = (prefix: string) => {
    linear(`${prefix}mlp.fc1`, width, inner);
    linear(`${prefix}mlp.fc2`, inner, width);
  };
  const bound = 1 / Math.sqrt(3 * patchSize ** 2);
  init.uniform(at('patch_embed.proj.weight'), [width, 3, patchSize, patchSize], bound);
  init.uniform(at('patch_embed.proj.bias'), [width], bound);
  init.normal(at('pos_embed'), [1, gridSide(config) ** 2, width], 0.02);
  for (let layer = 0; layer < layers; layer++) {
    const block = `blocks.${layer}.`;
    init.norm(at(`${block}norm1`), width);
    linear(`${block}attn.qkv`, width, 3 * width);
    linear(`${block}attn.proj`, width, width);
    init.norm(at(`${block}norm2`), width);
    perceptron(block);
  }
  init.norm(at('norm'), width);
  init.normal(at('attn_pool.latent'), [1, 1, width], width ** -0.5);
  linear('attn_pool.q', width, width);
  linear('attn_pool.kv', width, 2 * width);
  linear('attn_pool.proj', width, width);
  init.norm(at('attn_pool.norm'), width);
  perceptron('attn_pool.');
}
