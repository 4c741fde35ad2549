import * as tf from '@tensorflow/tfjs-core';
import { auxiliaryScope } from './auxiliary';
import type { Clip } from './clip';
import type { ImageFeatures, TextFeatures } from './features';
import type { TokenBatch } from './text';
import { mapTokens } from './tokenMaps';

/** The tokens FILIP compares, unit rows; of a model with token maps. */
export type TokenEmbeddings = {
  /** Pictures without the class token. `[batch, patches, width]` */
  patches: tf.Tensor3D;
} & WordEmbeddings;

/** The part of texts; as long as the context, so that parts of a batch can be joined. */
export type WordEmbeddings = {
  /** Start and end tokens are among them. `[batch, contextLength, width]` */
  words: tf.Tensor3D;
  /** 1 where a text has a token, 0 behind its end. `[batch, contextLength]` */
  real: tf.Tensor2D;
};

/** @returns `[batch, patches, width]` */
export function patchEmbeddings(model: Clip, { states }: Pick<ImageFeatures, 'states'>): tf.Tensor3D {
  return mapTokens(tf.slice(states, [0, 1, 0]), auxiliaryScope(model, 'tokens'), 'image');
}

/** @param texts that the features are of */
export function wordEmbeddings(
  model: Clip,
  { states }: Pick<TextFeatures, 'states'>,
  { ids, lengths }: TokenBatch,
): WordEmbeddings {
  const contextLength = ids.length / lengths.length;
  const words = mapTokens(states, auxiliaryScope(model, 'tokens'), 'text');
  const padding = contextLength - words.shape[1];
  const mask = new Float32Array(ids.length);
  lengths.forEach((length, row) => {
    mask.fill(1, row * contextLength, row * contextLength + length);
  });
  return {
    words: tf.pad(words, [
      [0, 0],
      [0, padding],
      [0, 0],
    ]),
    real: tf.tensor2d(mask, [lengths.length, contextLength]),
  };
}
