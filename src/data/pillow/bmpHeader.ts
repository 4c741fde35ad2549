import type { Extent } from '../resizeGeometry';

/** What the header of a BMP file says of its pixels. */
export interface BmpHeader extends Extent {
  isTopDown: boolean;
  bits: number;
  /** Are pixels written in runs of one colour? */
  hasRuns: boolean;
  /** Where pixels are numbers of colours: where these stand, how many, and the bytes for each (blue, green, red, a spare one). */
  palette: { at: number; count: number; stride: 3 | 4 };
  /** Where they are colours: the bits of red, green, blue and, if there is opacity, alpha. */
  masks: number[];
  /** Where the pixels begin. */
  pixelsAt: number;
}

/** The bytes before the header proper: "BM", the file's size and where the pixels begin. */
const FILE_HEADER = 14;

/** Bytes of the headers of OS/2 1, Windows 3, its versions 2 and 3 (undocumented), OS/2 2, and Windows 4 and 5. */
const SIZES = [12, 40, 52, 56, 64, 108, 124];

const [PLAIN, RUNS8, RUNS4, MASKED] = [0, 1, 2, 3];

/** How pixels may be packed, by their bits. */
const PACKINGS: Record<number, number[]> = {
  1: [PLAIN],
  4: [PLAIN, RUNS4],
  8: [PLAIN, RUNS8],
  16: [PLAIN, MASKED],
  24: [PLAIN, MASKED],
  32: [PLAIN, MASKED],
};

const BYTES = [0xff0000, 0xff00, 0xff];
const FIVE_BITS = [0x7c00, 0x3e0, 0x1f];
const ALPHA_BYTE = 0xff000000;

/** @throws Error whose message is a clause about the file, such as "it ends early" */
export function readBmpHeader(encoded: Buffer): BmpHeader {
  if (encoded.length < FILE_HEADER + 4) throw new Error('it ends early');
  const size = encoded.readUInt32LE(FILE_HEADER);
  if (!SIZES.includes(size)) {
    throw new Error(`its BMP header has ${size} bytes, where ${SIZES.join(', ')} are known`);
  }
  if (encoded.length < FILE_HEADER + size) throw new Error('it ends early');
  const fields = size === 12 ? readShort(encoded) : readLong(encoded);
  const { bits, packing, colours } = fields;
  if (!PACKINGS[bits]?.includes(packing)) {
    throw new Error(`its ${bits} bits a pixel are packed by BMP's method ${packing}, which is not read`);
  }
  const isMasked = packing === MASKED;
  // A header of 40 bytes has no place for masks: they stand behind it.
  const headerEnd = FILE_HEADER + size + (isMasked && size === 40 ? 12 : 0);
  if (encoded.length < headerEnd) throw new Error('it ends early');
  const palette = { at: headerEnd, count: colours || 2 ** bits, stride: size === 12 ? 3 : 4 } as const;
  return {
    ...fields,
    hasRuns: packing === RUNS8 || packing === RUNS4,
    palette,
    masks: isMasked ? readMasks(encoded, bits, size >= 56) : bits === 16 ? FIVE_BITS : BYTES,
    pixelsAt: pixelsAt(encoded.readUInt32LE(10), bits, palette),
  };
}

/** The fields of a header by their places in the file. */
type Fields = Pick<BmpHeader, 'width' | 'height' | 'isTopDown' | 'bits'> & {
  packing: number;
  colours: number;
};

const readShort = (encoded: Buffer): Fields => ({
  width: encoded.readUInt16LE(18),
  height: encoded.readUInt16LE(20),
  isTopDown: false,
  bits: encoded.readUInt16LE(24),
  packing: PLAIN,
  colours: 0,
});

/** A negative height means that rows go from the top down. */
function readLong(encoded: Buffer): Fields {
  const isTopDown = encoded[25] === 0xff;
  return {
    width: encoded.readUInt32LE(18),
    height: isTopDown ? -encoded.readInt32LE(22) : encoded.readUInt32LE(22),
    isTopDown,
    bits: encoded.readUInt16LE(28),
    packing: encoded.readUInt32LE(30),
    colours: encoded.readUInt32LE(46),
  };
}

function readMasks(encoded: Buffer, bits: number, mayHaveAlpha: boolean): number[] {
  const masks = [54, 58, 62].map((at) => encoded.readUInt32LE(at));
  const alpha = bits === 32 && mayHaveAlpha ? encoded.readUInt32LE(66) : 0;
  if (bits === 32 && [...masks, alpha].every((mask) => mask === 0)) return [...BYTES, ALPHA_BYTE];
  return alpha === 0 ? masks : [...masks, alpha];
}

/** Some files forget their palette when they say where the pixels begin, and some say nothing. */
function pixelsAt(said: number, bits: number, { at, count, stride }: BmpHeader['palette']): number {
  const isBefore = said === 0 || said === at;
  return isBefore ? at + (bits <= 8 ? count * stride : 0) : said;
}
