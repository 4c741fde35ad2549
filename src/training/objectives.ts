import type * as tf from '@tensorflow/tfjs-core';
import { clipLoss, type DalipOptions, dalipLoss } from '../losses';
import { type Clip, encodeImages, encodeTexts, logitScale, type Mode, type TokenBatch } from '../models';

/** What one training step sees. */
export interface TrainingBatch {
  keys: string[];
  /** Normalised pixels, `[batch, imageSize, imageSize, 3]`. */
  images: tf.Tensor4D;
  /** The raw texts. */
  texts: TokenBatch;
  /** A second text of each picture; ALIP calls it the synthetic caption. */
  captions?: TokenBatch;
}

/** Numbers of one step that are worth a curve. */
export type StepMetrics = Record<string, number>;

/** What training minimises: which texts are read, which loss is taken, what it remembers between steps. */
export interface Objective {
  name: string;
  /**
   * The batch's loss, a scalar that depends on every trainable parameter; called inside the gradient's scope. There
   * `metrics` is called too, in those steps alone whose numbers are wanted.
   */
  loss(model: Clip, batch: TrainingBatch, mode: Mode): { loss: tf.Scalar; metrics?: () => StepMetrics };
  /** Memory between steps as plain data, for checkpoints. */
  getState?(): unknown;
  setState?(state: unknown): void;
}

/** Plain CLIP: pictures against raw texts. */
export function clipObjective(): Objective {
  return {
    name: 'CLIP',
    loss: (model, batch, mode) => {
      const images = encodeImages(model, batch.images, mode).first;
      const texts = encodeTexts(model, batch.texts, mode).first;
      return { loss: clipLoss(images, texts, logitScale(model)) };
    },
  };
}

/** DALIP: first- and second-order statistics of both towers; needs a model with `secondOrder` heads. */
export function dalipObjective(options: DalipOptions = {}): Objective {
  return {
    name: 'DALIP',
    loss: (model, batch, mode) => {
      const images = encodeImages(model, batch.images, mode);
      const texts = encodeTexts(model, batch.texts, mode);
      const scales = { first: logitScale(model), second: logitScale(model, 'second') };
      return { loss: dalipLoss(images, texts, scales, options) };
    },
  };
}
