import type { RgbPicture } from '../pillow/picture';
import type { Extent } from '../resizeGeometry';

/** Numbers of a picture, or of a layer that is laid on one. */
export interface Pixels extends Extent {
  /** `[height, width, channels]`; 0 is dark, 1 light. */
  values: Float64Array;
  channels: number;
}

/** Bytes as numbers from 0 to 1, three channels. */
export function toPixels({ data, width, height }: RgbPicture): Pixels {
  return { values: Float64Array.from(data, (byte) => byte / 255), width, height, channels: 3 };
}

/** Numbers as bytes, cut to 0 … 1 and rounded down, as NumPy's `uint8` does it for the original. */
export function toPicture({ values, width, height }: Pixels): RgbPicture {
  return { data: Uint8Array.from(values, (value) => Math.min(1, Math.max(0, value)) * 255), width, height };
}

/** The same picture with other numbers. */
export function mapPixels(pixels: Pixels, change: (value: number, place: number) => number): Pixels {
  return { ...pixels, values: pixels.values.map(change) };
}

/** A layer of one channel, each of whose numbers is drawn. */
export function drawLayer({ width, height }: Extent, draw: () => number): Pixels {
  return { values: Float64Array.from({ length: width * height }, draw), width, height, channels: 1 };
}

/** A layer of one channel on each channel of a picture. */
export function addLayer(pixels: Pixels, layer: Pixels): Pixels {
  return mapPixels(pixels, (value, i) => value + layer.values[Math.floor(i / pixels.channels)]);
}

/** A place outside a row of the length, at the edge. */
export function clampPlace(place: number, length: number): number {
  return Math.min(length - 1, Math.max(0, place));
}
