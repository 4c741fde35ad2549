import * as tf from '@tensorflow/tfjs-core';
import { gelu } from '../engine';
import { layerNormLayer, linear, linearLayer, type Scope, scopeOf } from '../nn';
import { type Captioner, type CaptionerInput, captionPrefix, captionTokens } from './captioner';

/** What one layer remembers of tokens it has seen, each `[rows, heads, tokens, width / heads]`. */
type LayerMemory = {
  key: tf.Tensor4D;
  value: tf.Tensor4D;
};

/** What all layers remember of a batch's prefixes, and of the captions so far. */
export type CaptionMemory = {
  layers: LayerMemory[];
  /** Tokens of the captions so far. */
  length: number;
};

/**
 * Reads the prefixes once; every caption of a picture goes on from there.
 *
 * @param copies rows of each picture, one after the other, such as the hypotheses of a beam
 */
export function readPrefix(model: Captioner, input: CaptionerInput, copies = 1): CaptionMemory {
  const { layers } = runBlocks(model, captionPrefix(model, input), []);
  return { layers: copies === 1 ? layers : layers.map((layer) => repeated(layer, copies)), length: 0 };
}

/**
 * One token more in every row: the same states as `captionStates` of the whole captions, without computing what stands
 * before anew.
 *
 * @param tokens the newest token of each row
 * @returns states `[rows, width]` and the memory with this token, new tensors both
 */
export function readToken(
  model: Captioner,
  memory: CaptionMemory,
  tokens: ArrayLike<number>,
): { states: tf.Tensor2D; memory: CaptionMemory } {
  const ids = tf.tensor2d(Int32Array.from(tokens), [tokens.length, 1], 'int32');
  const { hidden, layers } = runBlocks(model, captionTokens(model, ids, memory.length), memory.layers);
  const states = layerNormLayer(hidden, scopeOf(model.parameters), 'ln_final');
  return {
    states: tf.reshape(states, [tokens.length, model.config.width]),
    memory: { layers, length: memory.length + 1 },
  };
}

/** The memory whose row i is row `rows[i]` of another. New tensors. */
export function chooseRows({ layers, length }: CaptionMemory, rows: readonly number[]): CaptionMemory {
  const indices = tf.tensor1d([...rows], 'int32');
  const chosen = (x: tf.Tensor4D) => tf.gather(x, indices);
  return { layers: layers.map(({ key, value }) => ({ key: chosen(key), value: chosen(value) })), length };
}

function repeated({ key, value }: LayerMemory, copies: number): LayerMemory {
  const repeat = (x: tf.Tensor4D): tf.Tensor4D => {
    const [rows, ...rest] = x.shape;
    return tf.reshape(tf.tile(tf.expandDims(x, 1), [1, copies, 1, 1, 1]), [
      rows * copies,
      ...rest,
    ] as typeof x.shape);
  };
  return { key: repeat(key), value: repeat(value) };
}

/** The blocks of `nn`'s transformer over new tokens that see all remembered ones, and each other. */
function runBlocks(
  { config, parameters }: Captioner,
  tokens: tf.Tensor3D,
  memory: readonly LayerMemory[],
): { hidden: tf.Tensor3D; layers: LayerMemory[] } {
  const blocks = scopeOf(parameters).at('transformer').at('resblocks');
  const layers: LayerMemory[] = [];
  let hidden = tokens;
  for (let layer = 0; layer < config.layers; layer++) {
    const scope = blocks.at(layer);
    const { attended, seen } = attend(
      layerNormLayer(hidden, scope, 'ln_1'),
      scope.at('attn'),
      config.heads,
      memory[layer],
    );
    layers.push(seen);
    hidden = tf.add(hidden, attended);
    const inner = gelu(linearLayer(layerNormLayer(hidden, scope, 'ln_2'), scope, 'mlp.c_fc'));
    hidden = tf.add(hidden, linearLayer(inner, scope, 'mlp.c_proj'));
  }
  return { hidden, layers };
}

function attend(
  x: tf.Tensor3D,
  scope: Scope,
  heads: number,
  past: LayerMemory | undefined,
): { attended: tf.Tensor3D; seen: LayerMemory } {
  const [rows, tokens, width] = x.shape;
  const projected = linear(x, scope('in_proj_weight'), scope('in_proj_bias'));
  const split = tf.transpose(tf.reshape(projected, [rows, tokens, 3, heads, width / heads]), [2, 0, 3, 1, 4]);
  const [query, ownKey, ownValue] = tf.unstack(split) as tf.Tensor4D[];
  const key = past ? tf.concat([past.key, ownKey], 2) : ownKey;
  const value = past ? tf.concat([past.value, ownValue], 2) : ownValue;
  const scores = tf.matMul(tf.mul(query, (width / heads) ** -0.5), key, false, true);
  const mixed = tf.transpose(tf.matMul(tf.softmax(scores), value), [0, 2, 1, 3]);
  const attended = linearLayer(tf.reshape(mixed, [rows, tokens, width]), scope, 'out_proj') as tf.Tensor3D;
  return { attended, seen: { key, value } };
}
