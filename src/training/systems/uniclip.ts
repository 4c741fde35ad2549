import * as tf from '@tensorflow/tfjs-core';
import { AUGMENTATION_SIZE, STRONG_VIEW, type ViewRecipe } from '../../data';
import type { Random } from '../../engine';
import { denominatorShares, type UniclipOptions, uniclipLoss } from '../../losses';
import { augmentedImages, auxiliaryScope, type ClipConfig, domainScales, encodeTexts } from '../../models';
import type { Objective, Vectors } from '../objectives';
import { AUGMENTATION_SIZES } from './defaults';

export interface UniclipObjectiveOptions extends UniclipOptions {
  /** How both views are made; default `STRONG_VIEW`, for small pictures. */
  view?: ViewRecipe;
  /** `shuffled` tells the encoder what was done to another picture of the batch: the placebo. Default `given`. */
  augmentation?: 'given' | 'shuffled';
}

/** A model with a UniCLIP-style augmentation encoder, and a temperature and offset for each combination of domains. */
export function withUniclipHeads(base: ClipConfig, sizes = AUGMENTATION_SIZES): ClipConfig {
  const augmentation = { inputs: AUGMENTATION_SIZE, ...sizes };
  return { ...base, auxiliary: { ...base.auxiliary, augmentation, domains: true } };
}

/**
 * UniCLIP-style training, after Lee et al., NeurIPS 2022: two views of each picture and its text in one space under one loss,
 * the image tower told what was done to each view. There is no official code and the paper's details could not be checked:
 * the augmentation encoder, the form of the similarity and the averaging are this laboratory's.
 */
export function uniclipObjective({
  view = STRONG_VIEW,
  augmentation = 'given',
  ...options
}: UniclipObjectiveOptions = {}): Objective<Vectors<'view1' | 'view2' | 'texts'>> {
  return {
    name: 'UniCLIP-style',
    needs: { views: [view, view] },
    trains: (parameter) => parameter !== 'logit_scale',
    encode: (model, batch, mode) => {
      const [view1, view2] = batch.views!.map(({ images, augmentation: done }, i) => {
        const told =
          augmentation === 'shuffled' && mode.training
            ? shuffledRows(done, mode.random.fork(`placebo ${i}`))
            : done;
        return augmentedImages(model, images, told);
      });
      return { view1, view2, texts: encodeTexts(model, batch.texts, mode).first };
    },
    lossOf: ({ view1, view2, texts }, model) => {
      const domains = domainScales(auxiliaryScope(model, 'domains'));
      return {
        loss: uniclipLoss([view1, view2], texts, domains, options),
        metrics: () => {
          const { imageImage, textText } = denominatorShares([view1, view2], texts, domains, options);
          return { shareImageImage: imageImage, shareTextText: textText };
        },
      };
    },
  };
}

function shuffledRows(rows: tf.Tensor2D, random: Random): tf.Tensor2D {
  const order = random.shuffle(Array.from({ length: rows.shape[0] }, (_, i) => i));
  return tf.gather(rows, tf.tensor1d(order, 'int32'));
}
