import * as tf from '@tensorflow/tfjs-core';
import { cropBoxes, type PictureSet, takeBatch, toImages } from '../data';
import { createRandom } from '../engine';
import {
  type ConceptChoice,
  type ConceptList,
  chooseConcepts,
  type ImageTower,
  viewPictures,
} from '../models';

/** What the frozen tower says of each picture of a set, once for each view; plain arrays, so nothing to dispose. */
export interface PictureFeatures {
  pictures: number;
  views: PictureFeaturesView[];
  cells: number;
  gridWidth: number;
}

interface PictureFeaturesView {
  /** `[pictures, cells, gridWidth]` */
  grid: Float32Array;
  /** Unit rows `[pictures, embedDim]`, to choose concepts by. */
  embeddings: Float32Array;
}

export interface PictureFeaturesOptions {
  /** The first view is the whole picture, the others are random crops; default 1. */
  views?: number;
  /** Share of a picture's area that a crop keeps; default 0.7 to 1. */
  cropScale?: [number, number];
  seed?: number;
  /** Called with the number of views of pictures so far. */
  onProgress?: (done: number) => void;
}

const BATCH = 256;

/** Looks at every picture with the frozen tower and keeps what it says, 4 bytes a number: 14 kB a picture and view of 36 × 96. */
export function pictureFeatures(
  tower: ImageTower,
  set: PictureSet,
  { views = 1, cropScale = [0.7, 1], seed = 0, onProgress }: PictureFeaturesOptions = {},
): PictureFeatures {
  const { vision, embedDim } = tower.config;
  const cells = (vision.imageSize / vision.patchSize) ** 2;
  const gridWidth = vision.width;
  const random = createRandom(seed).fork('views');
  const features: PictureFeatures = { pictures: set.length, views: [], cells, gridWidth };
  for (let view = 0; view < views; view++) {
    const grid = new Float32Array(set.length * cells * gridWidth);
    const embeddings = new Float32Array(set.length * embedDim);
    for (let start = 0; start < set.length; start += BATCH) {
      const indices = [...set.keys.keys()].slice(start, start + BATCH);
      const boxes = view === 0 ? null : cropBoxes(indices.length, random, { scale: cropScale });
      tf.tidy(() => {
        const seen = viewPictures(tower, toImages(takeBatch(set, indices), boxes, vision.imageSize));
        grid.set(seen.grid.dataSync(), start * cells * gridWidth);
        embeddings.set(seen.embedding.dataSync(), start * embedDim);
      });
      onProgress?.(view * set.length + start + indices.length);
    }
    features.views.push({ grid, embeddings });
  }
  return features;
}

/** The concepts of every picture, view by view: `[views][pictures][concepts]`. */
export function conceptsOfFeatures(
  { views, pictures }: PictureFeatures,
  keys: readonly string[],
  list: ConceptList,
  choice: ConceptChoice,
): number[][][] {
  return views.map(({ embeddings }) =>
    tf.tidy(() => {
      const embedding = tf.tensor2d(embeddings, [pictures, embeddings.length / pictures]);
      return chooseConcepts({ embedding }, keys, list, choice);
    }),
  );
}
