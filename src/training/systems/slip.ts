import * as tf from '@tensorflow/tfjs-core';
import { STRONG_VIEW, type ViewRecipe } from '../../data';
import { clipLoss, simclrLoss } from '../../losses';
import {
  auxiliaryScope,
  type ClipConfig,
  encodeTexts,
  imageFeatures,
  logitScale,
  simclrHead,
} from '../../models';
import { unitLength } from '../../nn';
import type { Objective, Vectors } from '../objectives';
import { PUBLISHED_SIZES } from './defaults';

export interface SlipOptions {
  /** λ, what the self-supervised loss counts beside CLIP's. Published: 1. */
  weight?: number;
  /** What its cosines are divided by. Published: 0.1. */
  temperature?: number;
  /** How both further views are made; default `STRONG_VIEW`, for small pictures. */
  view?: ViewRecipe;
}

/** A model with SLIP's SimCLR head. Published: 4096 hidden channels, 256 at the end. */
export function withSimclr(base: ClipConfig, simclr = PUBLISHED_SIZES.simclr): ClipConfig {
  return { ...base, auxiliary: { ...base.auxiliary, simclr } };
}

/**
 * SLIP (Mu et al., ECCV 2022): CLIP on one crop of each picture, and SimCLR between two strongly augmented views of it, on
 * the same image tower: L = L_CLIP + λ·L_SimCLR. Three passes through the image tower for a pair.
 */
export function slipObjective({
  weight = 1,
  temperature = 0.1,
  view = STRONG_VIEW,
}: SlipOptions = {}): Objective<Vectors<'images' | 'texts' | 'view1' | 'view2'>> {
  return {
    name: 'SLIP',
    needs: { views: [view, view] },
    encode: (model, batch, mode) => {
      const [view1, view2] = batch.views!.map(({ images }) => imageFeatures(model, images).hidden);
      const images = unitLength(imageFeatures(model, batch.images).pooled);
      return { images, texts: encodeTexts(model, batch.texts, mode).first, view1, view2 };
    },
    lossOf: ({ images, texts, view1, view2 }, model, mode) => {
      const head = auxiliaryScope(model, 'simclr');
      const contrast = clipLoss(images, texts, logitScale(model));
      const [a, b] = [view1, view2].map((hidden) => unitLength(simclrHead(hidden, head, mode.training)));
      const selfSupervised = simclrLoss(a, b, temperature);
      return {
        loss: tf.add(contrast, tf.mul(selfSupervised, weight)) as tf.Scalar,
        metrics: () => ({
          lossContrast: contrast.dataSync()[0],
          lossImageSelf: selfSupervised.dataSync()[0],
        }),
      };
    },
  };
}
