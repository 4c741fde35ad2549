import sharp, { type Sharp } from 'sharp';
import { BadSampleError } from './badInput';
import { isBmp, readBmp } from './pillow/bmp';
import { BANDS, type RgbPicture } from './pillow/picture';
import { centreOffset, scaleShorterSide } from './resizeGeometry';

// One thread per picture and many pictures at a time: the threads not decoding are left to the training step.
sharp.concurrency(1);
// Every picture passes once, so a cache of operations would only hold memory.
sharp.cache(false);

export type Fit = 'squash' | 'crop' | 'contain';

export interface DecodeOptions {
  /** Side of the square result, in pixels. */
  size: number;
  /**
   * How a picture that is not square becomes one: `crop` scales the shorter side and cuts the centre (open_clip's
   * evaluation), `squash` ignores the aspect ratio, `contain` pads with the background. Default `crop`.
   */
  fit?: Fit;
  /** What shows through transparent places and beside a contained picture; a CSS colour, default white. */
  background?: string;
  /** Names the picture in errors; default "picture". */
  key?: string;
  /** Larger pictures (width × height) are refused, so that a hostile file cannot fill the memory; default 100 million. */
  limitInputPixels?: number;
}

/**
 * Decodes a picture to RGB bytes, `[size, size, 3]`, row-major.
 *
 * Grey values are replicated, transparency is laid on the background, CMYK and 16-bit pictures are converted to 8-bit
 * sRGB, EXIF orientation is applied, of an animation the first frame is taken. Scaling is bicubic; `crop` has the
 * geometry of open_clip's evaluation transform to the pixel. A picture that has to be enlarged lies up to half a pixel
 * of the result off Pillow's (libvips places the grid differently); `preprocess` equals open_clip to the byte.
 *
 * @throws BadSampleError `corrupt-picture` with one sentence that names the key
 */
export async function decodeImage(encoded: Buffer, options: DecodeOptions): Promise<Uint8Array> {
  const { size, fit = 'crop', background = 'white', key = 'picture' } = options;
  const picture = openPicture(encoded, options);
  if (fit === 'crop') scaleAndCrop(picture, await shapeOf(picture, key), size);
  else
    picture.resize(size, size, { fit: fit === 'squash' ? 'fill' : 'contain', background, kernel: 'cubic' });
  return toPixels(picture, key);
}

/** torchvision's `Resize(size)` and `CenterCrop(size)`: the longer side is rounded down, a half offset to even. */
function scaleAndCrop(picture: Sharp, shape: Shape, size: number): void {
  const scaled = scaleShorterSide(shape, size);
  picture.resize({ ...scaled, fit: 'fill', kernel: 'cubic' }).extract({
    left: centreOffset(scaled.width, size),
    top: centreOffset(scaled.height, size),
    width: size,
    height: size,
  });
}

export interface Shape {
  width: number;
  height: number;
}

/** The picture's width and height in pixels, after its EXIF orientation. */
export async function shapeOf(picture: Sharp, key: string): Promise<Shape> {
  try {
    return (await picture.metadata()).autoOrient;
  } catch (error) {
    throw corruptPicture(key, error);
  }
}

/** The whole picture as RGB bytes, with what `decodeImage` does to orientation, transparency and colours; throws as it does. */
export async function decodeWhole(
  encoded: Buffer,
  options: Omit<DecodeOptions, 'size'>,
): Promise<RgbPicture> {
  return toRgbPicture(openPicture(encoded, options), options.key ?? 'picture');
}

/** Pixels that a picture may have unless told otherwise: 100 million. */
export const PIXEL_LIMIT = 1e8;

/** The start of every decoding: limits, orientation, background and colour space; no pixel is read yet. */
export function openPicture(
  encoded: Buffer,
  {
    background = 'white',
    key = 'picture',
    limitInputPixels = PIXEL_LIMIT,
  }: Omit<DecodeOptions, 'size' | 'fit'>,
): Sharp {
  if (encoded.length === 0) throw corruptPicture(key, new Error('it is empty'));
  const opened = isBmp(encoded)
    ? openBmp(encoded, key, limitInputPixels)
    : sharp(encoded, { failOn: 'error', limitInputPixels });
  return opened.autoOrient().flatten({ background }).toColourspace('srgb');
}

/** sharp gets the pixels of a BMP, which it does not read. */
function openBmp(encoded: Buffer, key: string, limitInputPixels: number): Sharp {
  try {
    const { data, mode, width, height } = readBmp(encoded, limitInputPixels);
    return sharp(data, { raw: { width, height, channels: BANDS[mode] as 3 | 4 } });
  } catch (error) {
    throw corruptPicture(key, error);
  }
}

/** The end of every decoding: RGB bytes, or a BadSampleError in place of sharp's error. */
export async function toPixels(pipeline: Sharp, key: string): Promise<Uint8Array> {
  return (await toRgbPicture(pipeline, key)).data;
}

async function toRgbPicture(pipeline: Sharp, key: string): Promise<RgbPicture> {
  try {
    const { data, info } = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height };
  } catch (error) {
    throw corruptPicture(key, error);
  }
}

/** One sentence for whatever sharp says, which may be many lines. */
export function corruptPicture(key: string, error: unknown): BadSampleError {
  const said = (error as Error).message.trim().split('\n').at(-1)?.trim();
  const reason = said?.replace(/pixel limit$/, 'pixel limit; raise limitInputPixels where it may');
  return new BadSampleError(
    'corrupt-picture',
    key,
    `The picture of sample "${key}" cannot be decoded (${reason}).`,
  );
}
