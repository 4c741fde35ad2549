/** The first frame of a GIF, as far as its header says how Pillow shows it. */
export interface GifFrame {
  left: number;
  top: number;
  width: number;
  height: number;
  /** RGB bytes; the frame's own or else the file's. Empty where there is none. */
  palette: Uint8Array;
  /** Number of the transparent colour; none where nothing is transparent. */
  transparent?: number;
  /** Where in the file stand the flags of which bit 0 says that a colour is transparent. */
  flagsAt?: number;
}

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const GRAPHIC_CONTROL = 0xf9;

/**
 * Reads a GIF up to its first frame.
 * @throws RangeError where the file ends before
 */
export function readGifFrame(encoded: Buffer): GifFrame {
  const found: Pick<GifFrame, 'transparent' | 'flagsAt'> = {};
  let at = 13 + paletteLength(encoded.readUInt8(10));
  const filePalette = encoded.subarray(13, at);
  while (encoded.readUInt8(at) !== IMAGE) {
    if (encoded[at] !== EXTENSION) {
      at++;
      continue;
    }
    if (encoded.readUInt8(at + 1) === GRAPHIC_CONTROL) {
      found.flagsAt = at + 3;
      if (encoded.readUInt8(at + 3) & 1) found.transparent = encoded.readUInt8(at + 6);
    }
    at += 2;
    while (encoded.readUInt8(at) !== 0) at += 1 + encoded[at];
    at++;
  }
  const ownLength = paletteLength(encoded.readUInt8(at + 9));
  return {
    left: encoded.readUInt16LE(at + 1),
    top: encoded.readUInt16LE(at + 3),
    width: encoded.readUInt16LE(at + 5),
    height: encoded.readUInt16LE(at + 7),
    palette: ownLength > 0 ? encoded.subarray(at + 10, at + 10 + ownLength) : filePalette,
    ...found,
  };
}

const paletteLength = (flags: number) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);

/** A copy of the file in which the first frame is opaque: Pillow shows the colour that the transparent number has. */
export function makeOpaque(encoded: Buffer, { transparent, flagsAt }: GifFrame): Buffer {
  if (transparent === undefined || flagsAt === undefined) return encoded;
  const copy = Buffer.from(encoded);
  copy[flagsAt] &= 0xfe;
  return copy;
}

/** Whether the palette is no more than the greys in order: then Pillow has a grey picture. */
export function isGreyRamp(palette: Uint8Array): boolean {
  return palette.every((value, i) => value === Math.floor(i / 3));
}

/** Paints what lies beside the frame, RGB in place: in the transparent colour, or else in the first. */
export function paintSurroundings(
  data: Uint8Array,
  canvas: { width: number; height: number },
  frame: GifFrame,
): void {
  const colour = 3 * (frame.transparent ?? 0);
  const [right, bottom] = [frame.left + frame.width, frame.top + frame.height];
  for (let y = 0; y < canvas.height; y++) {
    for (let x = 0; x < canvas.width; x++) {
      if (x >= frame.left && x < right && y >= frame.top && y < bottom) continue;
      for (let band = 0; band < 3; band++)
        data[(y * canvas.width + x) * 3 + band] = frame.palette[colour + band] ?? 0;
    }
  }
}
