import { createRandom } from '../engine/random';
import type { PictureSet } from './memory';
import type { Batch } from './types';

/** How many whole batches one epoch has; what is left over does not count. */
export function stepsPerEpoch(length: number, batchSize: number): number {
  return Math.floor(length / batchSize);
}

/** The order of an epoch's samples: a permutation of 0 … length − 1, a pure function of its arguments. */
export function epochOrder(length: number, seed: number | string, epoch: number): number[] {
  const order = Array.from({ length }, (_, i) => i);
  return createRandom(seed).fork(`order of epoch ${epoch}`).shuffle(order);
}

/** The samples at the given indices, in that order; the pixels are copied. */
export function takeBatch(set: PictureSet, indices: ArrayLike<number>): Batch {
  const stride = set.size * set.size * 3;
  const pixels = new Uint8Array(indices.length * stride);
  const chosen = Array.from(indices);
  chosen.forEach((index, place) => {
    pixels.set(set.pixels.subarray(index * stride, (index + 1) * stride), place * stride);
  });
  return {
    keys: chosen.map((i) => set.keys[i]),
    pixels,
    size: set.size,
    texts: chosen.map((i) => set.texts[i]),
    metas: chosen.map((i) => set.metas[i]),
  };
}
