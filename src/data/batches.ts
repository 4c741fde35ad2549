import { createRandom } from '../engine/random';
import type { PictureSet } from './memory';
import type { Batch } from './types';

/** A batch that knows its place in the run. */
export interface NumberedBatch extends Batch {
  /** Steps since the start of the run, from 0. */
  step: number;
  /** Passes over the set, from 0. */
  epoch: number;
  /** Each sample's index in its set (streams: its place in the epoch's stream). */
  indices: number[];
}

export interface BatchOptions {
  batchSize: number;
  /** Fixes the order of every epoch. */
  seed?: number | string;
  /** Default true. */
  shuffle?: boolean;
  /** Leave out an epoch's last batch where it is smaller than the others; default true. */
  dropLast?: boolean;
  /** How many passes; default 1. */
  epochs?: number;
  /** Start as if so many steps were already done; nothing is read for them. Default 0. */
  startStep?: number;
}

/** How many batches one epoch has. */
export function stepsPerEpoch(length: number, batchSize: number, dropLast = true): number {
  return dropLast ? Math.floor(length / batchSize) : Math.ceil(length / batchSize);
}

/** The order of an epoch's samples: a permutation of 0 … length − 1, a pure function of its arguments. */
export function epochOrder(length: number, seed: number | string, epoch: number): number[] {
  const order = Array.from({ length }, (_, i) => i);
  return createRandom(seed).fork(`order of epoch ${epoch}`).shuffle(order);
}

/**
 * The batches of a run over a set in memory. Their order depends on `(seed, epoch)` alone, so a run that starts at
 * `startStep` sees exactly what an uninterrupted one sees from there on.
 *
 * @throws Error where an epoch would have no batch
 */
export function* createBatches(
  set: PictureSet,
  { batchSize, seed = 0, shuffle = true, dropLast = true, epochs = 1, startStep = 0 }: BatchOptions,
): Generator<NumberedBatch> {
  const steps = stepsPerEpoch(set.length, batchSize, dropLast);
  if (!(steps >= 1)) {
    throw new Error(
      `Expected at least one batch of ${batchSize} samples, but the set has ${set.length}; choose a smaller batch size.`,
    );
  }
  for (let epoch = Math.floor(startStep / steps); epoch < epochs; epoch++) {
    const order = shuffle ? epochOrder(set.length, seed, epoch) : Array.from(set.keys, (_, i) => i);
    for (let i = Math.max(0, startStep - epoch * steps); i < steps; i++) {
      const indices = order.slice(i * batchSize, (i + 1) * batchSize);
      yield { ...takeBatch(set, indices), step: epoch * steps + i, epoch, indices };
    }
  }
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
