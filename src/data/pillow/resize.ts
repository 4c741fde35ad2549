import type { Interpolation } from '../preprocessConfig';
import type { Extent, ResizePlan, Window } from '../resizeGeometry';
import { premultiply, unpremultiply } from './alpha';
import { pickPixels } from './pickPixels';
import { BANDS, type NativePicture } from './picture';
import { resample } from './resample';
import { resampleGrey16 } from './resampleGrey16';

/**
 * The part of the planned window that lies within the scaled picture, as Pillow's `Image.resize` makes it of a picture of
 * this mode. A picture that has its size already is not touched, whatever its mode.
 */
export function resizeNative(
  picture: NativePicture,
  { scaled, window }: ResizePlan,
  interpolation: Interpolation,
): NativePicture {
  const part = clip(window, scaled);
  const extent = { width: part.width, height: part.height };
  const bands = BANDS[picture.mode];
  if (picture.mode === 'grey16')
    return {
      ...picture,
      ...extent,
      data: resampleGrey16(picture.data, picture, scaled, part, interpolation),
    };
  const isScaled = scaled.width !== picture.width || scaled.height !== picture.height;
  if (picture.mode === 'picked' || !isScaled)
    return { ...picture, ...extent, data: pickPixels(picture.data, bands, picture, scaled, part) };
  const source = picture.mode === 'rgba' ? premultiply(picture.data) : picture.data;
  const data = resample(source, bands, picture, scaled, part, interpolation);
  return { ...picture, ...extent, data: picture.mode === 'rgba' ? unpremultiply(data) : data };
}

/** The part of the window within the picture. */
function clip(window: Window, { width, height }: Extent): Window {
  const left = Math.max(0, window.left);
  const top = Math.max(0, window.top);
  return {
    left,
    top,
    width: Math.min(width, window.left + window.width) - left,
    height: Math.min(height, window.top + window.height) - top,
  };
}
