import type { Pixels } from './pixels';

/** Which neighbours of a line a place is made of. */
export interface Mixture {
  first: number;
  weights: Float64Array;
}

/** Mixes each column, then each row; there is a mixture for each place of a column and of a row. */
export function mixLines(pixels: Pixels, ofColumn: readonly Mixture[], ofRow: readonly Mixture[]): Pixels {
  const { width, height, channels } = pixels;
  const mixed = mixAlong(pixels.values, height, width * channels, 1, ofColumn);
  return { ...pixels, values: mixAlong(mixed, width, channels, height, ofRow) };
}

/** Mixes along the middle axis of `[outer, length, inner]`. */
function mixAlong(
  values: Float64Array,
  length: number,
  inner: number,
  outer: number,
  mixtures: readonly Mixture[],
): Float64Array {
  const mixed = new Float64Array(values.length);
  for (let line = 0; line < outer; line++) {
    mixtures.forEach(({ first, weights }, place) => {
      const to = (line * length + place) * inner;
      for (let k = 0; k < weights.length; k++) {
        const from = (line * length + first + k) * inner;
        for (let i = 0; i < inner; i++) mixed[to + i] += weights[k] * values[from + i];
      }
    });
  }
  return mixed;
}
