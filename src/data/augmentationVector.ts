import * as tf from '@tensorflow/tfjs-core';
import type { Appearance } from './appearance';

/**
 * How many numbers describe what was done to a picture, each of order 1, all 0 for the whole picture as it is:
 *
 * | place | number |
 * | --- | --- |
 * | 0, 1 | the crop's centre, y and x, from −1 (top, left) to 1 |
 * | 2, 3 | its height and width, log₂ of the share of the picture's |
 * | 4 | 1 where it is mirrored |
 * | 5–7 | log₂ of the factors of brightness, contrast and saturation |
 * | 8 | the hue's turn in radians |
 * | 9 | 1 where the colours are gone |
 * | 10 | the blur's standard deviation in pixels |
 *
 * The order of the colour steps, which changes a picture little, is left out. UniCLIP's paper does not list its numbers;
 * these are this laboratory's choice.
 */
export const AUGMENTATION_SIZE = 11;

/** What is told of pictures to which nothing was done, as in every evaluation: zeros, `[batch, AUGMENTATION_SIZE]`. */
export function identityAugmentation(batch: number): tf.Tensor2D {
  return tf.zeros([batch, AUGMENTATION_SIZE]);
}

/**
 * What was done to each picture, in numbers.
 *
 * @param boxes of `cropBoxes`, `[batch, 4]`; null for whole pictures
 * @returns `[batch, AUGMENTATION_SIZE]`
 */
export function describeAugmentations(
  boxes: Float32Array | null,
  appearances: readonly Appearance[],
): tf.Tensor2D {
  const rows = new Float32Array(appearances.length * AUGMENTATION_SIZE);
  appearances.forEach((appearance, i) => {
    const place = boxes ? describeBox(boxes.subarray(4 * i, 4 * i + 4)) : [0, 0, 0, 0, 0];
    rows.set([...place, ...describeAppearance(appearance)], i * AUGMENTATION_SIZE);
  });
  return tf.tensor2d(rows, [appearances.length, AUGMENTATION_SIZE]);
}

function describeBox([y1, x1, y2, x2]: Float32Array): number[] {
  return [y1 + y2 - 1, x1 + x2 - 1, Math.log2(y2 - y1), Math.log2(Math.abs(x2 - x1)), x1 > x2 ? 1 : 0];
}

function describeAppearance({ jitter, grey, sigma }: Appearance): number[] {
  const factors = [jitter.brightness, jitter.contrast, jitter.saturation];
  return [...factors.map(Math.log2), 2 * Math.PI * jitter.hue, grey ? 1 : 0, sigma];
}
