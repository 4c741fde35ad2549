import { multiplyBytes } from './alpha';
import type { NativePicture } from './picture';

/**
 * Pillow's `convert('RGB')`: opacity is dropped without a background, CMYK is multiplied without a profile, and 16-bit grey
 * is cut at 255, not divided. RGB bytes, `[height, width, 3]`.
 */
export function toRgb(picture: NativePicture): Uint8Array {
  if (picture.mode === 'rgb' || picture.mode === 'picked') return picture.data;
  const { mode, data } = picture;
  const bands = mode === 'grey16' ? 1 : 4;
  const result = new Uint8Array((data.length / bands) * 3);
  for (let from = 0, to = 0; from < data.length; from += bands) {
    const light = 255 - data[from + 3];
    for (let band = 0; band < 3; band++) {
      if (mode === 'grey16') result[to++] = Math.min(data[from], 255);
      else if (mode === 'rgba') result[to++] = data[from + band];
      else result[to++] = Math.max(0, light - multiplyBytes(data[from + band], light));
    }
  }
  return result;
}

/** What `fillColor` is in RGB for a picture of this mode: torchvision pads before the picture becomes RGB. */
export function fillInRgb(picture: NativePicture, fillColor: number): Uint8Array {
  if (picture.mode === 'picked' && picture.palette) {
    const { palette } = picture;
    return Uint8Array.from({ length: 3 }, (_, band) => palette[3 * fillColor + band] ?? 0);
  }
  return toRgb(onePixel(picture.mode, fillColor));
}

function onePixel(mode: NativePicture['mode'], value: number): NativePicture {
  const extent = { width: 1, height: 1 };
  if (mode === 'grey16') return { mode, ...extent, data: Uint16Array.of(value) };
  return { mode, ...extent, data: Uint8Array.of(value, value, value, value) };
}
