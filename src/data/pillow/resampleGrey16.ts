import type { Interpolation } from '../preprocessConfig';
import type { Extent, Window } from '../resizeGeometry';
import { heightComesFirst, resampleWeights, type Weights } from './weights';

/** As `resample`, of one band of 16 bits, in double precision (Pillow's `I;16`). `[window.height, window.width]` */
export function resampleGrey16(
  source: Uint16Array,
  { width, height }: Extent,
  scaled: Extent,
  window: Window,
  interpolation: Interpolation,
): Uint16Array {
  const columns = resampleWeights(width, scaled.width, window.left, window.width, interpolation);
  const rows = resampleWeights(height, scaled.height, window.top, window.height, interpolation);
  if (heightComesFirst({ width, height }, scaled)) {
    const low = mixRows(source, width, rows);
    return mixColumns(low, width, columns);
  }
  return mixRows(mixColumns(source, width, columns), window.width, rows);
}

function mixColumns(source: Uint16Array, width: number, weights: Weights): Uint16Array {
  const [places, height] = [weights.starts.length, source.length / width];
  return Uint16Array.from({ length: height * places }, (_, i) =>
    mix(source, Math.floor(i / places) * width, 1, weights, i % places),
  );
}

function mixRows(source: Uint16Array, width: number, weights: Weights): Uint16Array {
  return Uint16Array.from({ length: weights.starts.length * width }, (_, i) =>
    mix(source, i % width, width, weights, Math.floor(i / width)),
  );
}

/** The weighted sum for one place along a line that starts at `offset` and goes on every `step` values. */
function mix(source: Uint16Array, offset: number, step: number, weights: Weights, place: number): number {
  const { starts, counts, values, stride } = weights;
  let sum = 0;
  for (let i = 0; i < counts[place]; i++) {
    sum += source[offset + (starts[place] + i) * step] * values[place * stride + i];
  }
  return toBytes(sum < 0 ? Math.ceil(sum - 0.5) : Math.floor(sum + 0.5));
}

/** Pillow limits the two bytes apart: beyond 65535 the upper one stays at 255 and the lower one starts again. */
function toBytes(value: number): number {
  if (value < 0) return 0;
  return (Math.min(255, value >> 8) << 8) | (value & 255);
}
