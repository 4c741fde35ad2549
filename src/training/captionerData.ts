import * as tf from '@tensorflow/tfjs-core';
import { epochOrder, stepsPerEpoch } from '../data';
import { createRandom } from '../engine';
import {
  CAPTION_END,
  CAPTION_START,
  type CaptionerInput,
  type CaptionVocabulary,
  type ConceptList,
  captionerInput,
  PADDING,
} from '../models';
import type { PictureFeatures } from './captionFeatures';

/** What one step of a captioner's training sees. */
export interface CaptionBatch {
  keys: string[];
  input: CaptionerInput;
  /** Ids that are read, the start in the first column. `[batch, length]` */
  tokens: tf.Tensor2D;
  /** The rows of the flattened states, `[batch · length]`, that have a next token; and that token. */
  places: number[];
  targets: number[];
}

export interface CaptionerData {
  /** The batch of a step is fixed by the step; the caller disposes `tokens` and `input.grid`. */
  batch(step: number): CaptionBatch;
}

export interface CaptionerDataOptions {
  batchSize: number;
  seed: number;
  /** Tokens of the longest caption that is read, the start included. A longer one is cut, and its end not learned. */
  contextLength: number;
}

/** Pictures with one description each. */
export interface DescribedPictures {
  keys: readonly string[];
  descriptions: readonly string[];
  features: PictureFeatures;
  /** See `conceptsOfFeatures`. */
  concepts: readonly (readonly (readonly number[])[])[];
}

/**
 * Batches of pictures with their descriptions; each epoch is a fresh permutation, each time a picture comes one of its
 * views is drawn.
 *
 * @throws when there are fewer pictures than one batch takes
 */
export function captionerData(
  pictures: DescribedPictures,
  vocabulary: CaptionVocabulary,
  list: Pick<ConceptList, 'pieces'>,
  { batchSize, seed, contextLength }: CaptionerDataOptions,
): CaptionerData {
  const { keys, descriptions, features, concepts } = pictures;
  const perEpoch = stepsPerEpoch(keys.length, batchSize);
  if (perEpoch === 0) {
    throw new Error(
      `Expected at least ${batchSize} described pictures, a batch, but got ${keys.length}; add some.`,
    );
  }
  const encoded = descriptions.map((text) => [CAPTION_START, ...vocabulary.encode(text), CAPTION_END]);
  const { cells, gridWidth } = features;
  return {
    batch(step) {
      const random = createRandom(seed).fork(`captions ${step}`);
      const begin = (step % perEpoch) * batchSize;
      const indices = epochOrder(keys.length, seed, Math.floor(step / perEpoch)).slice(
        begin,
        begin + batchSize,
      );
      const views = indices.map(() => random.integer(features.views.length));
      const grid = new Float32Array(batchSize * cells * gridWidth);
      indices.forEach((index, row) => {
        const from = features.views[views[row]].grid;
        grid.set(
          from.subarray(index * cells * gridWidth, (index + 1) * cells * gridWidth),
          row * cells * gridWidth,
        );
      });
      const chosen = indices.map((index, row) => concepts[views[row]][index]);
      return {
        keys: indices.map((index) => keys[index]),
        input: captionerInput(tf.tensor3d(grid, [batchSize, cells, gridWidth]), chosen, list),
        ...readAndTargets(
          indices.map((index) => encoded[index]),
          contextLength,
        ),
      };
    },
  };
}

/** Captions side by side, padded behind their ends. */
export function readAndTargets(
  captions: readonly (readonly number[])[],
  contextLength: number,
): Pick<CaptionBatch, 'tokens' | 'places' | 'targets'> {
  const read = captions.map((ids) => Math.min(ids.length - 1, contextLength));
  const length = Math.max(...read);
  const ids = new Int32Array(captions.length * length).fill(PADDING);
  const places: number[] = [];
  const targets: number[] = [];
  captions.forEach((caption, row) => {
    for (let place = 0; place < read[row]; place++) {
      ids[row * length + place] = caption[place];
      places.push(row * length + place);
      targets.push(caption[place + 1]);
    }
  });
  return { tokens: tf.tensor2d(ids, [captions.length, length], 'int32'), places, targets };
}
