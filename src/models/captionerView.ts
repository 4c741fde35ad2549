import * as tf from '@tensorflow/tfjs-core';
import { gelu, quickGelu } from '../engine';
import { layerNormLayer, type Parameters, scopeOf, unitLength } from '../nn';
import type { CaptionerInput } from './captioner';
import { type ConceptChoice, type ConceptList, nearestConcepts, randomConcepts } from './conceptRetrieval';
import type { ClipConfig } from './config';
import { visionStates } from './vision';

/** The frozen half of a captioner: a CLIP without its texts. A whole `Clip` is one. */
export interface ImageTower {
  config: Pick<ClipConfig, 'embedDim' | 'vision' | 'quickGelu'>;
  /** Names begin with `visual.`; others are not looked at. */
  parameters: Parameters;
}

/** What the frozen tower says of pictures. */
export interface PictureView {
  /** Patches after the last norm, before the projection. `[batch, cells, width]` */
  grid: tf.Tensor3D;
  /** The class token in the space of the texts, unit rows. `[batch, embedDim]` */
  embedding: tf.Tensor2D;
}

/** @param images normalised pixels, `[batch, imageSize, imageSize, 3]` */
export function viewPictures({ config, parameters }: ImageTower, images: tf.Tensor4D): PictureView {
  const scope = scopeOf(parameters).at('visual');
  const hidden = visionStates(images, scope, config.vision, config.quickGelu ? quickGelu : gelu);
  const tokens = layerNormLayer(hidden, scope, 'ln_post');
  const [batch, , width] = tokens.shape;
  const first = tf.reshape(tf.slice(tokens, [0, 0, 0], [batch, 1, width]), [batch, width]);
  return {
    grid: tf.slice(tokens, [0, 1, 0], [batch, -1, width]),
    embedding: unitLength(tf.matMul(first, scope('proj') as tf.Tensor) as tf.Tensor2D),
  };
}

/** The places of each picture's concepts in the list. */
export function chooseConcepts(
  { embedding }: Pick<PictureView, 'embedding'>,
  keys: readonly string[],
  list: ConceptList,
  { count, from }: ConceptChoice,
): number[][] {
  return from === 'retrieved'
    ? nearestConcepts(embedding, list, count)
    : keys.map((key) => randomConcepts(key, list, count));
}

/** A batch as the captioner takes it. */
export function captionerInput(
  grid: tf.Tensor3D,
  concepts: readonly (readonly number[])[],
  list: Pick<ConceptList, 'pieces'>,
): CaptionerInput {
  return { grid, concepts: concepts.map((places) => places.map((place) => list.pieces[place])) };
}
