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

/** Whether the first picture of a TIFF has a palette: PhotometricInterpretation is 3. */
export const tiffHasPalette = (encoded: Buffer): boolean => tiffShort(encoded, 262) === 3;

/** A tag's number of 16 bits in the first directory of TIFF's format, which EXIF has, too; nothing where it is not there. */
export function tiffShort(tiff: Buffer, tag: number): number | undefined {
  if (tiff.length < 10) return undefined;
  const little = tiff[0] === 0x49;
  const short = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const directory = little ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (directory + 2 > tiff.length) return undefined;
  for (let entry = 0; entry < short(directory); entry++) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > tiff.length) return undefined;
    if (short(at) === tag) return short(at + 8);
  }
  return undefined;
}
