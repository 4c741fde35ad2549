import { readFile } from 'node:fs/promises';
import type * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import {
  BadSampleError,
  type Channels,
  CLIP_MEAN,
  CLIP_STD,
  completePreprocess,
  decodeImage,
  joinBytes,
  type PictureSource,
  type PreprocessConfig,
  preprocessPixels,
  type RgbPicture,
  toImages,
} from '../data';

/** How a model wants its pictures. */
export interface Preparation {
  /** Side of what `prepare` makes, in pixels. */
  side: number;
  /** What decides the pixels, as JSON: embeddings of two preparations do not belong into one file. */
  settings: Record<string, unknown>;
  /**
   * A picture as RGB bytes, `[side, side, 3]`.
   * @throws BadSampleError that names the key
   */
  pixels(source: PictureSource, key: string): Promise<Uint8Array>;
  /** By which bytes become floats. */
  channels: { mean: Channels; std: Channels };
}

/** As open_clip prepares pictures for published weights, to the byte. */
export function publishedPreparation(config: PreprocessConfig & { size: number }): Preparation {
  const whole = completePreprocess(config);
  return {
    side: config.size,
    settings: { ...whole },
    channels: whole,
    pixels: (source, key) => preprocessPixels(source, whole, { key }),
  };
}

/**
 * As clipbook's own training and evaluation read pictures: transparency on white, turned as EXIF says, decoded a little larger
 * than the model's input. A model should see what it was trained on.
 *
 * @param side of the decoded pictures, a run's `data.pictureSize`
 */
export function ownPreparation(side: number): Preparation {
  return {
    side,
    settings: { clipbook: 'crop', side },
    channels: { mean: CLIP_MEAN, std: CLIP_STD },
    pixels: async (source, key) => decodeImage(await bytesOf(source, key), { size: side, key }),
  };
}

async function bytesOf(source: PictureSource, key: string): Promise<Buffer> {
  if (Buffer.isBuffer(source)) return source;
  if (typeof source !== 'string') return encodedPixels(source);
  return readFile(source).catch((error: NodeJS.ErrnoException) => {
    throw new BadSampleError('missing-file', key, `The picture "${source}" cannot be read (${error.code}).`);
  });
}

/** Without loss, and without taking time to make it small. */
function encodedPixels({ data, width, height }: RgbPicture): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 0 })
    .toBuffer();
}

/**
 * Prepared pictures as a model's input, `[batch, imageSize, imageSize, 3]`.
 *
 * @param pictures as the preparation's `pixels` gives them
 */
export function toInput(
  pictures: readonly Uint8Array[],
  { side, channels }: Pick<Preparation, 'side' | 'channels'>,
  imageSize: number,
): tf.Tensor4D {
  return toImages({ pixels: joinBytes(pictures), size: side }, null, imageSize, channels);
}
