import sharp from 'sharp';
import type { Random } from '../engine/random';
import { type DecodeOptions, decodeWhole, PIXEL_LIMIT, toPixels } from './decode';
import { cutSquare } from './pillow/cut';
import { quickJpeg } from './pillow/jpeg';
import type { Extent, Window } from './resizeGeometry';

export interface CropOptions {
  /** Range of the crop's area as a share of the picture's; default [0.9, 1] (open_clip's). */
  scale?: readonly [number, number];
  /** Range of the crop's width / height; default [3/4, 4/3]. */
  aspect?: readonly [number, number];
  /** How many draws may fail to fit into the picture; default 10, torchvision's. */
  attempts?: number;
  /** Probability of a horizontal flip; default 0, since texts may say "left" and "right". */
  flip?: number;
}

/** Ranges of random factors around 1: 0.2 draws from [0.8, 1.2]. Hue is in degrees around 0. All default to 0. */
export interface ColourJitter {
  brightness?: number;
  contrast?: number;
  saturation?: number;
  hue?: number;
}

export interface AugmentOptions extends Omit<DecodeOptions, 'fit'>, CropOptions {
  jitter?: ColourJitter;
}

/** A crop in shares of the picture's height and width. */
interface Box {
  top: number;
  left: number;
  height: number;
  width: number;
}

/**
 * A random crop's place: the area uniform in `scale`, the aspect log-uniform in `aspect`; after `attempts` draws that do
 * not fit, the largest centred crop with the nearest aspect (torchvision's RandomResizedCrop).
 *
 * @param shape width / height of the whole picture
 */
function drawBox(
  shape: number,
  random: Random,
  { scale = [0.9, 1], aspect = [3 / 4, 4 / 3], attempts = 10 }: CropOptions,
): Box {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const area = between(random, scale);
    const ratio = Math.exp(between(random, [Math.log(aspect[0]), Math.log(aspect[1])])) / shape;
    const [width, height] = [Math.sqrt(area * ratio), Math.sqrt(area / ratio)];
    if (width > 1 || height > 1) continue;
    return { top: random.uniform() * (1 - height), left: random.uniform() * (1 - width), height, width };
  }
  const ratio = Math.min(Math.max(shape, aspect[0]), aspect[1]) / shape;
  const [width, height] = [Math.min(1, ratio), Math.min(1, 1 / ratio)];
  return { top: (1 - height) / 2, left: (1 - width) / 2, height, width };
}

/**
 * Random crops of `n` square pictures, `[n, 4]` as (y1, x1, y2, x2) in [0, 1]: the boxes of `tf.image.cropAndResize`,
 * which mirrors a crop whose x1 is the larger one.
 */
export function cropBoxes(n: number, random: Random, options: CropOptions = {}): Float32Array {
  const boxes = new Float32Array(n * 4);
  for (let i = 0; i < n; i++) {
    const { top, left, height, width } = drawBox(1, random, options);
    const [x1, x2] = isFlipped(random, options) ? [left + width, left] : [left, left + width];
    boxes.set([top, x1, top + height, x2], i * 4);
  }
  return boxes;
}

/** Draws nothing where no crop is flipped. */
function isFlipped(random: Random, { flip = 0 }: CropOptions): boolean {
  return flip > 0 && random.uniform() < flip;
}

/**
 * Decodes a random crop of an encoded picture to RGB bytes, `[size, size, 3]`, optionally flipped and with jittered
 * colours. The crop is cut from the full resolution and scaled as torchvision's RandomResizedCrop does on Pillow, to the byte.
 * One random generator state gives one result.
 *
 * @throws BadSampleError `corrupt-picture`
 */
export async function augmentImage(
  encoded: Buffer,
  random: Random,
  options: AugmentOptions,
): Promise<Uint8Array> {
  const { size, flip = 0, jitter } = options;
  const jpeg = uprightJpeg(encoded, options);
  const whole = jpeg ? { encoded, ...jpeg } : await decodeWhole(encoded, options);
  const cut = drawCut(whole, random, options);
  const pixels =
    (await cutSquare(whole, cut, size)) ?? (await cutSquare(await decodeWhole(encoded, options), cut, size))!;
  if (random.uniform() < flip) mirror(pixels, size);
  return jitter ? jitterColours(pixels, size, random, options) : pixels;
}

/** A JPEG that the kernels decode and that needs no more than that: neither turned nor with colours of its own. */
function uprightJpeg(encoded: Buffer, { limitInputPixels = PIXEL_LIMIT }: DecodeOptions): Extent | null {
  const header = quickJpeg(encoded, limitInputPixels);
  if (header?.orientation !== 1) return null;
  return !header.profile || isSrgb(header.profile) ? header : null;
}

/** By the profile's name, in either of its spellings. */
const isSrgb = (profile: Buffer) => profile.includes('sRGB') || profile.includes('\0s\0R\0G\0B');

/** The pixels of a drawn box, at least one. */
function drawCut({ width, height }: Extent, random: Random, options: CropOptions): Window {
  const box = drawBox(width / height, random, options);
  const [cutWidth, cutHeight] = [atLeastOne(box.width * width), atLeastOne(box.height * height)];
  return {
    left: Math.min(Math.floor(box.left * width), width - cutWidth),
    top: Math.min(Math.floor(box.top * height), height - cutHeight),
    width: cutWidth,
    height: cutHeight,
  };
}

/** Left to right, in place. */
function mirror(pixels: Uint8Array, size: number): void {
  for (let row = 0; row < size; row++) {
    for (let left = row * size * 3, right = left + (size - 1) * 3; left < right; left += 3, right -= 3) {
      for (let band = 0; band < 3; band++) {
        const byte = pixels[left + band];
        pixels[left + band] = pixels[right + band];
        pixels[right + band] = byte;
      }
    }
  }
}

function jitterColours(
  pixels: Uint8Array,
  size: number,
  random: Random,
  { jitter: { brightness = 0, contrast = 0, saturation = 0, hue = 0 } = {}, key = 'picture' }: AugmentOptions,
): Promise<Uint8Array> {
  const factor = (range: number) => between(random, [1 - range, 1 + range]);
  const picture = sharp(pixels, { raw: { width: size, height: size, channels: 3 } }).modulate({
    brightness: factor(brightness),
    saturation: factor(saturation),
    hue: Math.round(between(random, [-hue, hue])),
  });
  const gain = factor(contrast);
  return toPixels(picture.linear(gain, 127.5 * (1 - gain)), key);
}

function between(random: Random, [low, high]: readonly [number, number]): number {
  return low + (high - low) * random.uniform();
}

function atLeastOne(pixels: number): number {
  return Math.max(1, Math.round(pixels));
}
