import { type Mixing, type PictureKernels, pictureKernels } from '../../engine';
import type { Extent, Window } from '../resizeGeometry';
import { type FilterName, heightComesFirst, resampleWeights, type Weights } from './weights';

/** Pillow's fixed point: the bits that 32 leave to weights beside 8 of a pixel and 2 for overshoot. */
const PRECISION_BITS = 32 - 8 - 2;
const HALF = 1 << (PRECISION_BITS - 1);

/**
 * The window of a picture scaled with an antialiasing filter, equal to the byte to Pillow's `Image.resize` followed by
 * `crop`: one direction after the other, each sum in 22-bit fixed point and rounded to a byte. Only what the window needs
 * is computed.
 *
 * @param source bytes, `[height, width, bands]`
 * @param window within the scaled picture
 * @param kernels do the same sums faster; null: without them
 * @returns bytes, `[window.height, window.width, bands]`
 */
export function resample(
  source: Uint8Array,
  bands: number,
  { width, height }: Extent,
  scaled: Extent,
  window: Window,
  filter: FilterName,
  kernels: PictureKernels | null = pictureKernels(),
): Uint8Array {
  const columns = resampleWeights(width, scaled.width, window.left, window.width, filter);
  const rows = resampleWeights(height, scaled.height, window.top, window.height, filter);
  if (heightComesFirst({ width, height }, scaled)) {
    const low = mixRows(source, width, bands, rows, 0, kernels);
    return mixColumns(low, width, bands, columns, kernels);
  }
  const firstRow = rows.starts[0];
  const endRow = rows.starts[window.height - 1] + rows.counts[window.height - 1];
  const needed = source.subarray(firstRow * width * bands, endRow * width * bands);
  const narrow = mixColumns(needed, width, bands, columns, kernels);
  return mixRows(narrow, window.width, bands, rows, firstRow, kernels);
}

/** Every row to the window's width: `[rows, window.width, bands]`. */
function mixColumns(
  source: Uint8Array,
  width: number,
  bands: number,
  weights: Weights,
  kernels: PictureKernels | null,
): Uint8Array {
  const { starts, counts, stride } = weights;
  const rows = source.length / (width * bands);
  if (kernels) {
    const mixed = new Uint8Array(rows * starts.length * bands);
    kernels.mixColumns(source, mixed, rows, width, bands, ...toMixing(weights));
    return mixed;
  }
  const fixed = toFixedPoint(weights.values);
  const result = new Uint8ClampedArray(rows * starts.length * bands);
  for (let row = 0, to = 0; row < rows; row++) {
    for (let place = 0; place < starts.length; place++, to += bands) {
      const from = (row * width + starts[place]) * bands;
      mixThree(source, from, bands, fixed, place * stride, counts[place], result, to);
      if (bands === 4) mixOne(source, from + 3, bands, fixed, place * stride, counts[place], result, to + 3);
    }
  }
  return new Uint8Array(result.buffer);
}

/** All rows, the first of which is `firstRow`, to those of the window: `[window.height, width, bands]`. */
function mixRows(
  source: Uint8Array,
  width: number,
  bands: number,
  weights: Weights,
  firstRow: number,
  kernels: PictureKernels | null,
): Uint8Array {
  const { starts, counts, stride } = weights;
  const step = width * bands;
  if (kernels) {
    const mixed = new Uint8Array(starts.length * step);
    kernels.mixRows(source, mixed, source.length / step, step, firstRow, ...toMixing(weights));
    return mixed;
  }
  const fixed = toFixedPoint(weights.values);
  const result = new Uint8ClampedArray(starts.length * width * bands);
  for (let place = 0, to = 0; place < starts.length; place++) {
    for (let column = 0; column < width; column++, to += bands) {
      const from = ((starts[place] - firstRow) * width + column) * bands;
      mixThree(source, from, step, fixed, place * stride, counts[place], result, to);
      if (bands === 4) mixOne(source, from + 3, step, fixed, place * stride, counts[place], result, to + 3);
    }
  }
  return new Uint8Array(result.buffer);
}

/** One pixel of three bands: the weighted sum of `count` pixels that begin at `from` and lie `step` bytes apart. */
function mixThree(
  source: Uint8Array,
  from: number,
  step: number,
  fixed: Int32Array,
  weight: number,
  count: number,
  result: Uint8ClampedArray,
  to: number,
): void {
  // The sums fit into 32 bits; saying so (`| 0`) spares a check at each addition.
  let red = HALF;
  let green = HALF;
  let blue = HALF;
  for (let i = weight, j = from; i < weight + count; i++, j += step) {
    const factor = fixed[i];
    red = (red + Math.imul(factor, source[j])) | 0;
    green = (green + Math.imul(factor, source[j + 1])) | 0;
    blue = (blue + Math.imul(factor, source[j + 2])) | 0;
  }
  result[to] = red >> PRECISION_BITS;
  result[to + 1] = green >> PRECISION_BITS;
  result[to + 2] = blue >> PRECISION_BITS;
}

/** As `mixThree`, of one band. */
function mixOne(
  source: Uint8Array,
  from: number,
  step: number,
  fixed: Int32Array,
  weight: number,
  count: number,
  result: Uint8ClampedArray,
  to: number,
): void {
  let sum = HALF;
  for (let i = weight, j = from; i < weight + count; i++, j += step)
    sum = (sum + Math.imul(fixed[i], source[j])) | 0;
  result[to] = sum >> PRECISION_BITS;
}

/** What the kernels are given. */
export function toMixing({ starts, counts, stride, values }: Weights): Mixing {
  return [starts.length, stride, starts, counts, toFixedPoint(values)];
}

/** Halves away from zero. */
function toFixedPoint(weights: Float64Array): Int32Array {
  const fixed = new Int32Array(weights.length);
  for (let i = 0; i < weights.length; i++) {
    const scaled = weights[i] * 2 ** PRECISION_BITS;
    fixed[i] = Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  }
  return fixed;
}
