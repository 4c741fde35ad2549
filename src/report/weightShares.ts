/** How a group's weights are spread: shares of the whole group in per cent. */
export interface WeightShares {
  /** The share in each bin, of weights other than 1. */
  bins: number[];
  /** The share of weights that are exactly 1, as a gate gives them to pairs it does not hold back. */
  one: number;
}

/**
 * Counts weights into equal bins over a range, those of exactly 1 apart. Weights beyond an end are in the bin at it.
 *
 * @throws when there are no weights or one is not a number
 */
export function sharesOf(
  values: ArrayLike<number>,
  [low, high]: readonly [number, number],
  bins: number,
): WeightShares {
  if (values.length === 0) throw new Error('Expected at least one weight in a group, got none.');
  const shares: WeightShares = { bins: new Array<number>(bins).fill(0), one: 0 };
  const each = 100 / values.length;
  for (const value of Array.from(values)) {
    if (Number.isNaN(value)) throw new Error('Expected numbers as weights, got NaN.');
    const bin = Math.floor(((value - low) / (high - low)) * bins);
    if (value === 1) shares.one += each;
    else shares.bins[Math.min(bins - 1, Math.max(0, bin))] += each;
  }
  return shares;
}

/** The outline of bars that stand on zero beside each other: its corners from left to right. */
export function outline(
  heights: readonly number[],
  [low, high]: readonly [number, number],
): { x: number[]; y: number[] } {
  const rounded = (value: number) => Number(value.toPrecision(5));
  const edge = (i: number) => rounded(low + (i / heights.length) * (high - low));
  return {
    x: [low, ...heights.flatMap((_, i) => [edge(i), edge(i + 1)]), high],
    y: [0, ...heights.flatMap((height) => [rounded(height), rounded(height)]), 0],
  };
}
