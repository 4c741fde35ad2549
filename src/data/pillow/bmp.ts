import { type BmpHeader, readBmpHeader } from './bmpHeader';
import { readRuns } from './bmpRuns';
import { isGreyRamp } from './gif';
import { BLACK_AND_WHITE, type NativePicture } from './picture';

export const isBmp = (encoded: Buffer): boolean => encoded.toString('latin1', 0, 2) === 'BM';

/**
 * Decodes a BMP picture to the colours that Pillow gives it (`BmpImagePlugin`): palettes of 1, 4 and 8 bits, plain or in
 * runs, and colours of 16, 24 and 32 bits. There is opacity only where a mask tells it. A palette of no more than the greys
 * in order makes a grey picture. Pillow knows a few layouts of masks; here each may be any row of bits.
 *
 * @throws Error whose message is a clause about the file, such as "it ends early"
 */
export function readBmp(encoded: Buffer, limitInputPixels: number): NativePicture {
  const header = readBmpHeader(encoded);
  const { width, height, bits, hasRuns, pixelsAt } = header;
  if (width * height === 0 || width * height > limitInputPixels) {
    throw new Error(`it has ${width} × ${height} pixels, where 1 to ${limitInputPixels} are expected`);
  }
  const end = pixelsAt + (height - 1) * rowBytes(header) + Math.ceil((width * bits) / 8);
  if (!hasRuns && end > encoded.length) throw new Error('it ends early');
  if (bits > 8) return readColours(encoded, header);
  const numbers = hasRuns ? readRuns(encoded, pixelsAt, header, bits === 4) : readNumbers(encoded, header);
  return paint(numbers, header, readPalette(encoded, header));
}

/** Rows fill up whole groups of four bytes. */
const rowBytes = ({ width, bits }: BmpHeader) => 4 * Math.ceil((width * bits) / 32);

/** The number of each pixel's colour, in the file's order of rows; the highest bits of a byte come first. */
function readNumbers(encoded: Buffer, header: BmpHeader): Uint8Array {
  const { width, height, bits, pixelsAt } = header;
  const numbers = new Uint8Array(width * height);
  for (let row = 0, to = 0; row < height; row++) {
    const start = pixelsAt + row * rowBytes(header);
    for (let bit = 0; bit < width * bits; bit += bits) {
      numbers[to++] = (encoded[start + (bit >> 3)] >> (8 - bits - (bit & 7))) & (2 ** bits - 1);
    }
  }
  return numbers;
}

/** RGB bytes. */
function readPalette(encoded: Buffer, { palette: { at, count, stride } }: BmpHeader): Uint8Array {
  const palette = new Uint8Array(3 * Math.min(count, 256));
  for (let to = 0; to < palette.length; to++) {
    const colour = at + Math.floor(to / 3) * stride;
    palette[to] = encoded[colour + 2 - (to % 3)] ?? 0;
  }
  return palette;
}

function paint(numbers: Uint8Array, header: BmpHeader, own: Uint8Array): NativePicture {
  const { width, height } = header;
  const isTwoTone = ['0,0,0', '0,0,0,255,255,255'].includes(own.join());
  const isGrey = own.length > 2 * 3 && isGreyRamp(own);
  const palette = isTwoTone ? BLACK_AND_WHITE : own;
  const data = new Uint8Array(numbers.length * 3);
  for (let y = 0, to = 0; y < height; y++) {
    const from = storedRow(header, y) * width;
    for (const number of numbers.subarray(from, from + width)) {
      for (let band = 0; band < 3; band++) data[to++] = isGrey ? number : (palette[3 * number + band] ?? 0);
    }
  }
  return isGrey ? { mode: 'rgb', width, height, data } : { mode: 'picked', width, height, data, palette };
}

function readColours(encoded: Buffer, header: BmpHeader): NativePicture {
  const { width, height, bits, masks, pixelsAt } = header;
  const bytes = bits / 8;
  const bands = masks.map(bandOf);
  const data = new Uint8Array(width * height * bands.length);
  for (let y = 0, to = 0; y < height; y++) {
    let at = pixelsAt + storedRow(header, y) * rowBytes(header);
    for (let x = 0; x < width; x++, at += bytes) {
      const pixel = encoded.readUIntLE(at, bytes);
      for (const { shift, levels } of bands) data[to++] = levels[(pixel >>> shift) & (levels.length - 1)];
    }
  }
  return { mode: bands.length === 4 ? 'rgba' : 'rgb', width, height, data };
}

/** Where a mask's bits begin, and the byte for each value that they hold. */
function bandOf(mask: number): { shift: number; levels: Uint8Array } {
  const shift = 31 - Math.clz32(mask & -mask);
  const largest = mask >>> Math.max(0, shift);
  if (mask === 0 || largest >= 2 ** 16 || (largest & (largest + 1)) !== 0) {
    throw new Error(`its colours have the mask 0x${mask.toString(16)}, which is no row of 1 to 16 bits`);
  }
  return { shift, levels: Uint8Array.from({ length: largest + 1 }, (_, value) => (255 * value) / largest) };
}

/** Files begin with the lowest row, unless they say otherwise. */
const storedRow = ({ isTopDown, height }: BmpHeader, y: number) => (isTopDown ? y : height - 1 - y);
