import type { Extent, Window } from '../resizeGeometry';

/**
 * The window of a picture scaled by taking the nearest pixel, as Pillow's `Image.resize` does with palette and two-colour
 * pictures whatever filter is asked for. `[window.height, window.width, bands]`
 */
export function pickPixels(
  source: Uint8Array,
  bands: number,
  { width, height }: Extent,
  scaled: Extent,
  window: Window,
): Uint8Array {
  const columns = nearest(width, scaled.width, window.left, window.width);
  const rows = nearest(height, scaled.height, window.top, window.height);
  const result = new Uint8Array(window.height * window.width * bands);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = (row * width + column) * bands;
      for (let band = 0; band < bands; band++) result[to++] = source[from + band];
    }
  }
  return result;
}

/** Source pixel of each place; the position is added up from the picture's edge, with Pillow's rounding errors. */
function nearest(source: number, scaled: number, first: number, count: number): Int32Array {
  const step = source / scaled;
  const places = new Int32Array(count);
  let position = step * 0.5;
  for (let place = 0; place < first + count; place++) {
    if (place >= first) places[place - first] = Math.trunc(position);
    position += step;
  }
  return places;
}
