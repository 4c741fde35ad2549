import * as tf from '@tensorflow/tfjs-core';
import { createRandom } from '../engine';

/** The words a picture may be described with, as a CLIP's text tower and as a captioner sees them. */
export interface ConceptList {
  names: readonly string[];
  /** Unit rows of the text tower, `[names, embedDim]`. */
  embeddings: Float32Array;
  /** The token ids of each name in the captioner's vocabulary. */
  pieces: readonly (readonly number[])[];
}

/** Which concepts stand beside a picture. */
export interface ConceptChoice {
  /** Concepts of each picture; a shorter list gives all it has. LightCap: 20. */
  count: number;
  /** `retrieved`: the nearest. `random`: drawn by the picture's key, the control that tells what they say from being there. */
  from: 'retrieved' | 'random';
}

/**
 * The concepts nearest to pictures by cosine, the nearest first. LightCap compares regions through a trained alignment
 * layer; here it is the whole picture's embedding, and nothing is trained.
 *
 * @param pictures unit rows, `[batch, embedDim]`
 * @returns for each picture the places of its concepts in the list
 */
export function nearestConcepts(pictures: tf.Tensor2D, list: ConceptList, count: number): number[][] {
  return tf.tidy(() => {
    const names = tf.tensor2d(list.embeddings, [list.names.length, pictures.shape[1]]);
    const cosines = tf.matMul(pictures, names, false, true);
    return tf.topk(cosines, Math.min(count, list.names.length)).indices.arraySync() as number[][];
  });
}

/** As many concepts without a view of the picture; one key gives the same ones. */
export function randomConcepts(key: string, list: ConceptList, count: number): number[] {
  const random = createRandom('concepts').fork(key);
  const places = [...list.names.keys()];
  const chosen = Math.min(count, places.length);
  for (let i = 0; i < chosen; i++) {
    const j = i + random.integer(places.length - i);
    [places[i], places[j]] = [places[j], places[i]];
  }
  return places.slice(0, chosen);
}
