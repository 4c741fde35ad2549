import * as tf from '@tensorflow/tfjs-core';
import { alone } from '../distributed';
import type { Ranks } from '../engine';
import { slicePartsOfPairs } from './gradients';
import type { TrainingBatch } from './objectives';

/** Which of how many processes this is. */
export type Place = Pick<Ranks, 'rank' | 'size'>;

/** A rank's own pairs of a batch: an equal part, in their order. */
export function rowsOfRank(
  batchSize: number,
  { rank, size }: Place = alone,
): { first: number; count: number } {
  const count = batchSize / size;
  return { first: rank * count, count };
}

/**
 * What a rank holds of a batch whose parts, but for the pictures, every rank has made; frees what it leaves out.
 *
 * @param images the rank's own
 */
export function batchOfRank(
  parts: Omit<TrainingBatch, 'images'>,
  images: tf.Tensor4D,
  place: Place = alone,
): TrainingBatch {
  if (place.size === 1) return { ...parts, images };
  const { first, count } = rowsOfRank(parts.keys.length, place);
  const own = slicePartsOfPairs(parts, first, count);
  tf.dispose(parts.views?.flatMap((view) => [view.images, view.augmentation]));
  return { ...own, images, allKeys: parts.keys };
}
