import type { Random } from '../engine/random';
import { type DecodeOptions, openPicture, shapeOf, toPixels } from './decode';

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
 * colours. The crop is cut from the full resolution. One random generator state gives one result.
 *
 * @throws BadSampleError `corrupt-picture`
 */
export async function augmentImage(
  encoded: Buffer,
  random: Random,
  options: AugmentOptions,
): Promise<Uint8Array> {
  const { size, key = 'picture', flip = 0, jitter } = options;
  const picture = openPicture(encoded, options);
  const { width, height } = await shapeOf(picture, key);
  const box = drawBox(width / height, random, options);
  const [cutWidth, cutHeight] = [atLeastOne(box.width * width), atLeastOne(box.height * height)];
  picture.extract({
    left: Math.min(Math.floor(box.left * width), width - cutWidth),
    top: Math.min(Math.floor(box.top * height), height - cutHeight),
    width: cutWidth,
    height: cutHeight,
  });
  picture.resize(size, size, { fit: 'fill', kernel: 'cubic' });
  if (random.uniform() < flip) picture.flop();
  if (jitter) jitterColours(picture, random, jitter);
  return toPixels(picture, key);
}

function jitterColours(
  picture: ReturnType<typeof openPicture>,
  random: Random,
  { brightness = 0, contrast = 0, saturation = 0, hue = 0 }: ColourJitter,
): void {
  const factor = (range: number) => between(random, [1 - range, 1 + range]);
  picture.modulate({
    brightness: factor(brightness),
    saturation: factor(saturation),
    hue: Math.round(between(random, [-hue, hue])),
  });
  const gain = factor(contrast);
  picture.linear(gain, 127.5 * (1 - gain));
}

function between(random: Random, [low, high]: readonly [number, number]): number {
  return low + (high - low) * random.uniform();
}

function atLeastOne(pixels: number): number {
  return Math.max(1, Math.round(pixels));
}
