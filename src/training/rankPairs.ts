import type * as tf from '@tensorflow/tfjs-core';
import { alone } from '../distributed';
import type { Ranks } from '../engine';
import { sliceTexts } from './gradients';
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
 * What a rank holds of a batch whose texts every rank has made.
 *
 * @param parts views are the rank's own
 * @param images the rank's own
 */
export function batchOfRank(
  { views, ...parts }: Omit<TrainingBatch, 'images'>,
  images: tf.Tensor4D,
  place: Place = alone,
): TrainingBatch {
  if (place.size === 1) return { ...parts, views, images };
  const { first, count } = rowsOfRank(parts.keys.length, place);
  return { ...sliceTexts(parts, first, count), views, images, allKeys: parts.keys };
}
