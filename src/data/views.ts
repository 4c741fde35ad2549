import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../engine/random';
import {
  type Appearance,
  type AppearanceOptions,
  applyAppearance,
  checkAppearance,
  drawAppearance,
} from './appearance';
import { type CropOptions, cropBoxes } from './augment';
import { describeAugmentations } from './augmentationVector';
import { countPictures, toImages } from './images';
import { CLIP_MEAN, CLIP_STD } from './normalise';
import type { Batch } from './types';

export { AUGMENTATION_SIZE, identityAugmentation } from './augmentationVector';

/** How random views of pictures are made: a crop, then jitter, grey and blur. What is absent is not done. */
export interface ViewRecipe extends AppearanceOptions {
  /** Default: the whole picture, not mirrored. */
  crop?: CropOptions;
}

/** One view of each picture of a batch. */
export interface View {
  /** The model's input, normalised with CLIP's mean and deviation, `[batch, imageSize, imageSize, 3]`. */
  images: tf.Tensor4D;
  /** What was done to each picture, `[batch, AUGMENTATION_SIZE]`; the numbers are listed there. */
  augmentation: tf.Tensor2D;
}

/** SimCLR's colours at the strength that MoCo v2, SLIP and DeCLIP use. */
const COLOURS = {
  jitter: { probability: 0.8, brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 },
  grey: 0.2,
} as const;

/** Which shares of a picture's area the crops that training has by default keep. */
export const PLAIN_SCALE = [0.7, 1] as const;

/** The crop that training has by default, and nothing else. */
export const PLAIN_VIEW: ViewRecipe = { crop: { scale: PLAIN_SCALE } };

/**
 * SLIP's view at the scale of small pictures: crops that still show the object, and a blur in proportion (SLIP's 2 pixels
 * of 224 are 0.43 of 48).
 */
export const STRONG_VIEW: ViewRecipe = {
  crop: { scale: [0.3, 1], flip: 0.5 },
  ...COLOURS,
  blur: { probability: 0.5, sigma: [0.1, 0.5] },
};

/** The view of SLIP's self-supervision as published, for inputs of 224 pixels (`get_dataset` in its `datasets.py`). */
export const SIMCLR_VIEW: ViewRecipe = {
  crop: { scale: [0.08, 1], flip: 0.5 },
  ...COLOURS,
  blur: { probability: 0.5, sigma: [0.1, 2] },
};

/** Which of how many pictures there are, where others are somewhere else. */
export interface PartOfPictures {
  first: number;
  of: number;
}

/**
 * Draws one random view of each picture. All depends on the generator: its state gives the view, and the next call gives
 * another. Mirroring comes with the crop and not at the end, as in SimCLR; the pictures are the same.
 *
 * @param imageSize side of the model's input, in pixels
 * @param part of pictures that are drawn for together; default all
 * @throws Error where a probability or range of the recipe is not one
 */
export function drawView(
  batch: Pick<Batch, 'pixels' | 'size'>,
  recipe: ViewRecipe,
  random: Random,
  imageSize: number,
  part?: PartOfPictures,
): View {
  checkAppearance(recipe);
  const count = countPictures(batch);
  const { first, of } = part ?? { first: 0, of: count };
  const own = <Values>(values: { slice(from: number, to: number): Values }, width = 1) =>
    values.slice(first * width, (first + count) * width);
  const boxes = recipe.crop ? own(cropBoxes(of, random, recipe.crop), 4) : null;
  const appearances = own(Array.from({ length: of }, () => drawAppearance(recipe, random)));
  const keepsLook = !recipe.jitter && !recipe.grey && !recipe.blur;
  return {
    images: keepsLook
      ? toImages(batch, boxes, imageSize)
      : toChangedImages(batch, boxes, appearances, imageSize),
    augmentation: describeAugmentations(boxes, appearances),
  };
}

/** As `toImages`, with the looks changed between scaling and normalising. */
function toChangedImages(
  batch: Pick<Batch, 'pixels' | 'size'>,
  boxes: Float32Array | null,
  appearances: readonly Appearance[],
  imageSize: number,
): tf.Tensor4D {
  return tf.tidy(() => {
    const cut = toImages(batch, boxes, imageSize, { mean: [0, 0, 0], std: [1, 1, 1] });
    const values = cut.dataSync() as Float32Array;
    const stride = imageSize * imageSize * 3;
    appearances.forEach((appearance, i) => {
      applyAppearance(values.subarray(i * stride, (i + 1) * stride), imageSize, appearance);
    });
    normalise(values);
    return tf.tensor4d(values, cut.shape);
  });
}

/** In place, channels last; a third of the time that the backend takes for so few channels. */
function normalise(values: Float32Array): void {
  for (let channel = 0; channel < 3; channel++) {
    const [mean, deviation] = [CLIP_MEAN[channel], CLIP_STD[channel]];
    for (let i = channel; i < values.length; i += 3) values[i] = (values[i] - mean) / deviation;
  }
}
