import type { Extent } from '../resizeGeometry';

/** What a run of no pixels means; 3 and more is a number of literal pixels. */
const [END_OF_ROW, END, SKIP] = [0, 1, 2];

/**
 * The numbers of a BMP's colours from its runs, a byte for each pixel in the file's order of rows. As in Pillow's
 * `BmpRleDecoder`, runs are cut at the row's end and skipped pixels have number 0.
 *
 * @param at where the runs begin
 * @param hasHalves whether a byte holds two pixels (RLE4), not one (RLE8)
 * @throws Error where the runs end before the pixels do, as Pillow has it
 */
export function readRuns(
  encoded: Buffer,
  at: number,
  { width, height }: Extent,
  hasHalves: boolean,
): Uint8Array {
  const numbers = new Uint8Array(width * height);
  /** The next pixel, and its column, which goes on counting where literal pixels go beyond a row. */
  let [pixel, column] = [0, 0];
  while (pixel < numbers.length) {
    const [count, value] = [encoded[at], encoded[at + 1]];
    at += 2;
    if (value === undefined || (count === 0 && value === END)) throw new Error('its runs end early');
    if (count > 0) {
      const length = Math.max(0, Math.min(count, width - column));
      for (let i = 0; i < length; i++) numbers[pixel++] = hasHalves ? halfOf(value, i) : value;
      column += length;
    } else if (value === END_OF_ROW) {
      pixel = Math.ceil(pixel / width) * width;
      column = 0;
    } else if (value === SKIP) {
      if (at + 2 > encoded.length) throw new Error('its runs end early');
      pixel += encoded[at] + encoded[at + 1] * width;
      at += 2;
      column = pixel % width;
    } else {
      const length = Math.min(value, numbers.length - pixel);
      const bytes = hasHalves ? Math.ceil(length / 2) : length;
      if (at + bytes > encoded.length) throw new Error('its runs end early');
      for (let i = 0; i < length; i++)
        numbers[pixel++] = hasHalves ? halfOf(encoded[at + (i >> 1)], i) : encoded[at + i];
      column += value;
      // Runs begin at even places of the file.
      at += bytes + ((at + bytes) % 2);
    }
  }
  return numbers;
}

/** A byte's first pixel, then its second, and so on in turn. */
const halfOf = (byte: number, turn: number) => (turn % 2 === 0 ? byte >> 4 : byte & 15);
