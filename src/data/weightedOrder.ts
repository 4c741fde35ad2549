import { epochOrder } from './batches';

/** Some of a set's pictures, and how often they are drawn in comparison with other sources. */
export interface WeightedSource {
  indices: readonly number[];
  /** Positive; the share of a source is its weight over the sum of all. */
  weight: number;
}

/**
 * Which pictures each batch takes when sources are mixed by weight. Every batch has each source's share to within one
 * picture, and over a run the shares are exact to within one; each source is gone through epoch by epoch in fresh
 * permutations. A pure function of the step.
 *
 * @returns step → indices, source after source
 * @throws Error where there is no source, or one has no pictures or less than one place in a batch
 */
export function weightedOrder(
  sources: readonly WeightedSource[],
  { batchSize, seed }: { batchSize: number; seed: number },
): (step: number) => number[] {
  if (sources.length === 0) throw new Error('Expected at least one source to draw pictures from, got none.');
  const total = sources.reduce((sum, { weight }) => sum + weight, 0);
  for (const { indices, weight } of sources) {
    const places = (batchSize * weight) / total;
    if (indices.length === 0 || !(places >= 1)) {
      throw new Error(
        `Expected sources with pictures and at least one place in a batch of ${batchSize}, got ` +
          `${indices.length} pictures with ${places.toFixed(2)} places; change the weights or leave the source out.`,
      );
    }
  }
  const shareBefore = (source: number) =>
    sources.slice(0, source).reduce((sum, { weight }) => sum + weight, 0) / total;
  const takenBefore = (source: number, step: number) => Math.round(step * batchSize * shareBefore(source));
  const orders = sources.map(({ indices }, source) => endless(indices, `${seed} source ${source}`));
  return (step) =>
    sources.flatMap((_, source) => {
      const drawn = (at: number) => takenBefore(source + 1, at) - takenBefore(source, at);
      const [from, to] = [drawn(step), drawn(step + 1)];
      return Array.from({ length: to - from }, (_, i) => orders[source](from + i));
    });
}

/** The item at any place of an endless sequence of permutations. */
function endless(indices: readonly number[], seed: string): (place: number) => number {
  let epoch = -1;
  let order: number[] = [];
  return (place) => {
    const wanted = Math.floor(place / indices.length);
    if (wanted !== epoch) {
      epoch = wanted;
      order = epochOrder(indices.length, seed, epoch);
    }
    return indices[order[place % indices.length]];
  };
}
