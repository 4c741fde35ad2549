import { type Mixture, mixLines } from './mixLines';
import { clampPlace, type Pixels } from './pixels';

/**
 * The centre of a picture enlarged to the picture's size, bilinearly: the original's `clipped_zoom` around SciPy's `zoom`,
 * whose grid runs from the first to the last pixel of the centre.
 *
 * @param factor 1 or more
 */
export function zoomIn(pixels: Pixels, factor: number): Pixels {
  return mixLines(pixels, enlarge(pixels.height, factor), enlarge(pixels.width, factor));
}

function enlarge(length: number, factor: number): Mixture[] {
  const kept = Math.ceil(length / factor);
  const start = Math.floor((length - kept) / 2);
  const enlarged = Math.round(kept * factor);
  const cut = Math.floor((enlarged - length) / 2);
  const step = enlarged > 1 ? (kept - 1) / (enlarged - 1) : 0;
  return Array.from({ length }, (_, i) => {
    const place = start + step * (i + cut);
    const first = clampPlace(Math.floor(place), Math.max(1, length - 1));
    const share = place - first;
    return { first, weights: length === 1 ? Float64Array.of(1) : Float64Array.of(1 - share, share) };
  });
}
