import type { Interpolation } from '../preprocessConfig';
import type { Extent } from '../resizeGeometry';

/**
 * For each place of a scaled row or column, the stretch of source pixels it is made of and their weights: Pillow's
 * `precompute_coeffs`. Where a picture shrinks the filter is as much wider, which is what "antialias" means.
 */
export interface Weights {
  /** First source pixel of each place. */
  starts: Int32Array;
  /** Number of source pixels of each place. */
  counts: Int32Array;
  /** `[places, stride]`; they add up to 1 over a place, behind its count stand zeros. */
  values: Float64Array;
  stride: number;
}

interface Filter {
  /** Half its width in pixels of the smaller grid. */
  support: number;
  at(distance: number): number;
}

/** Pillow's filters; `box` gives equal weights to the pixels whose centres a place covers. */
export type FilterName = Interpolation | 'box';

const FILTERS: Record<FilterName, Filter> = {
  box: { support: 0.5, at: (x) => Number(x > -0.5 && x <= 0.5) },
  bilinear: { support: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  /** Keys' cubic with a = −1/2; libvips' has the same, on a grid placed differently. */
  bicubic: {
    support: 2,
    at(signed) {
      const a = -0.5;
      const x = Math.abs(signed);
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    },
  },
};

/**
 * The weights for the places `first` … `first + count − 1` of a side of `source` pixels scaled to `scaled`.
 * In double precision, step by step as Pillow has it, so that they can be equal to the bit.
 */
export function resampleWeights(
  source: number,
  scaled: number,
  first: number,
  count: number,
  name: FilterName,
): Weights {
  const filter = FILTERS[name];
  const scale = source / scaled;
  const spread = Math.max(scale, 1);
  const support = filter.support * spread;
  const stride = Math.ceil(support) * 2 + 1;
  const weights: Weights = {
    starts: new Int32Array(count),
    counts: new Int32Array(count),
    values: new Float64Array(count * stride),
    stride,
  };
  for (let place = 0; place < count; place++) {
    const centre = (first + place + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const length = Math.min(source, Math.trunc(centre + support + 0.5)) - start;
    weights.starts[place] = start;
    weights.counts[place] = length;
    const values = weights.values.subarray(place * stride, place * stride + length);
    for (let i = 0; i < length; i++) values[i] = filter.at((i + start - centre + 0.5) * (1 / spread));
    divideBySum(values);
  }
  return weights;
}

function divideBySum(values: Float64Array): void {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  if (sum === 0) return;
  for (let i = 0; i < values.length; i++) values[i] /= sum;
}

/**
 * Whether the height is scaled before the width: where the height loses more than twice the pixels that the width does (since
 * Pillow 13; before, almost never). Rounding in between makes results differ by a level or so.
 */
export function heightComesFirst(picture: Extent, scaled: Extent): boolean {
  const lost = picture.height - scaled.height;
  return lost > 0 && lost > 2 * (picture.width - scaled.width);
}
