/** What sharp does not tell about a file and Pillow's mode depends on, read from the file's first bytes. */

/** A PNG's colour type: 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha. */
export const pngColourType = (encoded: Buffer): number => encoded[25];

/** The palette of a PNG, RGB bytes; nothing where it has none. */
export function pngPalette(encoded: Buffer): Uint8Array | undefined {
  for (let at = 8; at + 8 <= encoded.length; at += 12 + encoded.readUInt32BE(at)) {
    if (encoded.toString('latin1', at + 4, at + 8) === 'PLTE')
      return encoded.subarray(at + 8, at + 8 + encoded.readUInt32BE(at));
  }
  return undefined;
}

/** Whether the first picture of a TIFF has a palette: PhotometricInterpretation (tag 262) is 3. */
export function tiffHasPalette(encoded: Buffer): boolean {
  const little = encoded[0] === 0x49;
  const short = (at: number) => (little ? encoded.readUInt16LE(at) : encoded.readUInt16BE(at));
  const long = (at: number) => (little ? encoded.readUInt32LE(at) : encoded.readUInt32BE(at));
  const directory = long(4);
  for (let entry = 0; entry < short(directory); entry++) {
    const at = directory + 2 + entry * 12;
    if (short(at) === 262) return short(at + 8) === 3;
  }
  return false;
}
