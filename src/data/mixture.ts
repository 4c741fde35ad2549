import { createRandom, type Random } from '../engine/random';
import { takeBatch } from './batches';
import { joinBytes, type PictureSet } from './memory';

/**
 * One set after another.
 *
 * @throws Error where there is no set, or where their sizes differ
 */
export function concatenate(sets: readonly PictureSet[]): PictureSet {
  const sizes = new Set(sets.map((set) => set.size));
  if (sizes.size !== 1) {
    throw new Error(
      `Expected sets of one picture size, but got ${[...sizes].join(' and ') || 'no set'}; load them with the same size.`,
    );
  }
  return {
    length: sets.reduce((total, set) => total + set.length, 0),
    size: sets[0].size,
    pixels: joinBytes(sets.map((set) => set.pixels)),
    keys: sets.flatMap((set) => set.keys),
    texts: sets.flatMap((set) => set.texts),
    metas: sets.flatMap((set) => set.metas),
  };
}

/** The samples at the given indices, in that order, or all that the predicate accepts; the pixels are copied. */
export function selectSamples(
  set: PictureSet,
  choice: readonly number[] | ((meta: Record<string, unknown>, index: number) => boolean),
): PictureSet {
  const indices =
    typeof choice === 'function' ? [...set.keys.keys()].filter((i) => choice(set.metas[i], i)) : choice;
  return { ...takeBatch(set, indices), length: indices.length };
}

export interface MixOptions {
  /** One positive number for each stream. */
  weights: readonly number[];
  seed?: number | string;
  /** Turns taken before: the draw goes on behind them. For endless streams only, which keep their places in the draw. */
  turns?: number;
}

/**
 * Items of several streams in random turns: each time a stream is drawn with probability proportional to its weight.
 * A stream that ends leaves the draw; the mixture ends with the last one.
 *
 * @throws Error where the weights do not fit the streams
 */
export async function* mixStreams<T>(
  streams: readonly AsyncIterable<T>[],
  { weights, seed = 0, turns = 0 }: MixOptions,
): AsyncGenerator<T> {
  checkWeights(weights, streams.length);
  const random = turnsOf(seed);
  const open = streams.map((stream, i) => ({ items: stream[Symbol.asyncIterator](), weight: weights[i] }));
  for (let turn = 0; turn < turns; turn++) drawWeighted(open, random);
  try {
    while (open.length > 0) {
      const drawn = drawWeighted(open, random);
      const next = await drawn.items.next();
      if (next.done) open.splice(open.indexOf(drawn), 1);
      else yield next.value;
    }
  } finally {
    await Promise.all(open.map(({ items }) => items.return?.()));
  }
}

/** How often `mixStreams` draws each of several endless streams in its first turns. */
export function countTurns({ weights, seed = 0, turns = 0 }: MixOptions): number[] {
  checkWeights(weights, weights.length);
  const random = turnsOf(seed);
  const counts = weights.map((weight) => ({ weight, count: 0 }));
  for (let turn = 0; turn < turns; turn++) drawWeighted(counts, random).count++;
  return counts.map(({ count }) => count);
}

function turnsOf(seed: number | string): Random {
  return createRandom(seed).fork('mixture');
}

function checkWeights(weights: readonly number[], streams: number): void {
  if (weights.length === streams && weights.every((weight) => weight > 0 && Number.isFinite(weight))) return;
  throw new Error(
    `Expected a positive weight for each of ${streams} streams, but got [${weights.join(', ')}].`,
  );
}

function drawWeighted<T extends { weight: number }>(items: readonly T[], random: Random): T {
  const total = items.reduce((sum, { weight }) => sum + weight, 0);
  let rest = random.uniform() * total;
  for (const item of items) {
    rest -= item.weight;
    if (rest < 0) return item;
  }
  return items[items.length - 1];
}
