import * as tf from '@tensorflow/tfjs-core';
import type { PictureSet } from './memory';
import { pixelsToFloat } from './normalise';

/**
 * Pictures of a set as a model's input: chosen, cut to a box, scaled bilinearly, normalised.
 *
 * @param boxes `[n, 4]` as y1, x1, y2, x2 in shares of the picture; null takes each picture whole
 * @returns `[n, imageSize, imageSize, 3]`
 */
export function toImages(
  set: Pick<PictureSet, 'pixels' | 'size'>,
  indices: readonly number[],
  boxes: Float32Array | null,
  imageSize: number,
): tf.Tensor4D {
  const { size } = set;
  const bytes = size * size * 3;
  const chosen = new Uint8Array(indices.length * bytes);
  indices.forEach((index, row) => {
    chosen.set(set.pixels.subarray(index * bytes, (index + 1) * bytes), row * bytes);
  });
  return tf.tidy(() => {
    const pictures = tf.tensor4d(pixelsToFloat(chosen), [indices.length, size, size, 3]);
    if (!boxes)
      return size === imageSize ? pictures : tf.image.resizeBilinear(pictures, [imageSize, imageSize]);
    const rows = tf.range(0, indices.length, 1, 'int32') as tf.Tensor1D;
    return tf.image.cropAndResize(pictures, tf.tensor2d(boxes, [indices.length, 4]), rows, [
      imageSize,
      imageSize,
    ]);
  });
}
