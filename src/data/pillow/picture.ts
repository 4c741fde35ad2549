import type { Extent } from '../resizeGeometry';

/**
 * A picture in the colours in which Pillow scales it; it becomes RGB only afterwards. Grey of 8 bits is held as RGB, which
 * comes to the same. Data are `[height, width, bands]`, row-major.
 */
export type NativePicture = Extent &
  (
    | { mode: 'rgb' | 'rgba' | 'cmyk'; data: Uint8Array }
    /** Pillow's modes `P` and `1`, as RGB: pixels are picked, not mixed. The palette is RGB bytes; a TIFF's is not read. */
    | { mode: 'picked'; data: Uint8Array; palette?: Uint8Array }
    | { mode: 'grey16'; data: Uint16Array }
  );

/** The palette of a two-colour picture: all numbers but 0 are white. */
export const BLACK_AND_WHITE: Uint8Array = new Uint8Array(3 * 256).fill(255, 3);

/** Numbers per pixel. */
export const BANDS: Record<NativePicture['mode'], number> = {
  rgb: 3,
  rgba: 4,
  cmyk: 4,
  picked: 3,
  grey16: 1,
};

/** A picture whose pixels are known already: RGB bytes, `[height, width, 3]`. */
export interface RgbPicture extends Extent {
  data: Uint8Array;
}
