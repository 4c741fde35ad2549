import * as tf from '@tensorflow/tfjs-core';
import { CLIP_MEAN, CLIP_STD, type Normalisation, pixelsToTensor } from './normalise';
import type { Batch } from './types';

/**
 * Decoded pictures as a model's input: normalised, cut to a box, scaled bilinearly without antialiasing. Store pictures
 * not much larger than the model's input: `decodeImage` and `augmentImage` scale well, this scales fast.
 *
 * @param boxes `[batch, 4]` as y1, x1, y2, x2 in shares of the picture; null takes each picture whole
 * @param normalisation default: CLIP's
 * @returns `[batch, imageSize, imageSize, 3]`
 */
export function toImages(
  { pixels, size }: Pick<Batch, 'pixels' | 'size'>,
  boxes: Float32Array | null,
  imageSize: number,
  normalisation?: Normalisation,
): tf.Tensor4D {
  const batch = countPictures({ pixels, size });
  return tf.tidy(() => {
    const whole = tf.reshape(pixelsToTensor(pixels, normalisation), [batch, size, size, 3]) as tf.Tensor4D;
    if (!boxes) return size === imageSize ? whole : tf.image.resizeBilinear(whole, [imageSize, imageSize]);
    const rows = tf.range(0, batch, 1, 'int32') as tf.Tensor1D;
    return tf.image.cropAndResize(whole, tf.tensor2d(boxes, [batch, 4]), rows, [imageSize, imageSize]);
  });
}

/** The RGB bytes behind a model's input, `[batch, size, size, 3]`, for looking at it: `toImages` backwards. */
export function imagesToPixels(images: tf.Tensor4D): Uint8Array {
  const bytes = tf.tidy(() => tf.mul(tf.add(tf.mul(images, [...CLIP_STD]), [...CLIP_MEAN]), 255));
  const pixels = Uint8Array.from(bytes.dataSync(), (value) => Math.min(255, Math.max(0, Math.round(value))));
  bytes.dispose();
  return pixels;
}

/** How many square pictures the values hold. */
export function countPictures({ pixels, size }: { pixels: ArrayLike<number>; size: number }): number {
  return pixels.length / (size * size * 3);
}
