import { type PictureKernels, pictureKernels } from '../../engine';
import type { Extent, Window } from '../resizeGeometry';
import { pickPixels } from './pickPixels';
import type { RgbPicture } from './picture';
import { resample, toMixing } from './resample';
import { heightComesFirst, resampleWeights } from './weights';

/** A JPEG that is still to be decoded; see `quickJpeg`. */
export interface JpegPicture extends Extent {
  encoded: Buffer;
}

/**
 * A part of a picture scaled to a square, bicubic and antialiased: equal to the byte to Pillow's `crop` and `resize`, and so
 * to torchvision's `resized_crop`. Kernels do it beside the main thread, and decode a JPEG on the way.
 *
 * @param cut within the picture
 * @param kernels null: without them, and of a decoded picture only
 * @returns RGB bytes, `[size, size, 3]`; null where a JPEG is damaged
 */
export async function cutSquare(
  picture: RgbPicture | JpegPicture,
  cut: Window,
  size: number,
  kernels: PictureKernels | null = pictureKernels(),
): Promise<Uint8Array | null> {
  const scaled = { width: size, height: size };
  const square = { left: 0, top: 0, ...scaled };
  if (!kernels) {
    const { data } = picture as RgbPicture;
    const part = pickPixels(data, 3, picture, picture, cut);
    return resample(part, 3, cut, scaled, square, 'bicubic', null);
  }
  const result = new Uint8Array(size * size * 3);
  const [source, isJpeg] =
    'encoded' in picture ? ([picture.encoded, 1] as const) : ([picture.data, 0] as const);
  const isDone = await kernels.cutPicture(
    source,
    isJpeg,
    picture.height,
    picture.width,
    cut.top,
    cut.left,
    cut.height,
    cut.width,
    heightComesFirst(cut, scaled) ? 1 : 0,
    result,
    ...toMixing(resampleWeights(cut.width, size, 0, size, 'bicubic')),
    ...toMixing(resampleWeights(cut.height, size, 0, size, 'bicubic')),
  );
  return isDone ? result : null;
}
