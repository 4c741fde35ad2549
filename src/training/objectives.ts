import type * as tf from '@tensorflow/tfjs-core';
import type { View } from '../data';
import { clipLoss, clipLossShare, type DalipOptions, dalipLoss, siglipLoss } from '../losses';
import {
  type Clip,
  encodeImages,
  encodeTexts,
  logitBias,
  logitScale,
  type Mode,
  type TokenBatch,
} from '../models';
import type { MaskedTexts } from '../text';
import type { BatchNeeds } from './batchNeeds';

/** What one training step sees. */
export interface TrainingBatch {
  keys: string[];
  /** Those of the pairs on all ranks, where the others here are one rank's. */
  allKeys?: string[];
  /** Normalised pixels, `[batch, imageSize, imageSize, 3]`. */
  images: tf.Tensor4D;
  /** The raw texts. */
  texts: TokenBatch;
  /** A second text of each picture; ALIP calls it the synthetic caption. */
  captions?: TokenBatch;
  /** Further sights of the same pictures, one for each recipe the objective asks for. */
  views?: View[];
  /** The raw texts with words exchanged, swapped or left out. */
  edited?: TokenBatch;
  /** The raw texts with some tokens hidden, and what stood there. */
  masked?: MaskedTexts;
}

/** Numbers of one step that are worth a curve. */
export type StepMetrics = Record<string, number>;

/** What a batch is turned into before the loss, by name: one row for each pair, in the pairs' order. `[batch, …]` each */
export type Embeddings = Record<string, tf.Tensor>;

/** Embeddings that are one vector for each pair. `[batch, embedDim]` each */
export type Vectors<Name extends string> = Record<Name, tf.Tensor2D>;

/** What training minimises: which texts are read, which loss is taken, what it remembers between steps. */
export interface Objective<Rows extends Embeddings = Embeddings> {
  name: string;
  /** What a batch must hold beside pictures and raw texts. */
  needs?: BatchNeeds;
  /** Which parameters it trains, by name; absent: all. The others stay as they were drawn, as in PyTorch without a gradient. */
  trains?: (parameter: string) => boolean;
  /** Embeds a batch, or some pairs of one; called inside the gradient's scope. */
  encode(model: Clip, batch: TrainingBatch, mode: Mode): Rows;
  /**
   * The loss of all embeddings of a batch, a scalar; called once a step, inside the gradient's scope. With `encode` it
   * depends on every parameter that is trained. `metrics` is called there, too, in those steps alone whose numbers are wanted.
   */
  lossOf(embeddings: Rows, model: Clip, mode: Mode): { loss: tf.Scalar; metrics?: () => StepMetrics };
  /**
   * The part of the loss that the pairs `first` … `first + count` add, for `recipe.localLoss`; absent where a pair's loss
   * needs more than its own logits.
   */
  shareOf?(embeddings: Rows, model: Clip, first: number, count: number): tf.Scalar;
  /** Memory between steps as plain data, for checkpoints. */
  getState?(): unknown;
  setState?(state: unknown): void;
  /** Frees what it keeps in the engine from step to step; what it remembers stays. */
  dispose?(): void;
}

/** Plain CLIP: pictures against raw texts. */
export function clipObjective(): Objective<Vectors<'images' | 'texts'>> {
  return {
    name: 'CLIP',
    encode: (model, batch, mode) => ({
      images: encodeImages(model, batch.images, mode).first,
      texts: encodeTexts(model, batch.texts, mode).first,
    }),
    lossOf: ({ images, texts }, model) => ({ loss: clipLoss(images, texts, logitScale(model)) }),
    shareOf: ({ images, texts }, model, first, count) =>
      clipLossShare(images, texts, logitScale(model), first, count),
  };
}

/**
 * SigLIP: pictures against raw texts, each pair by itself.
 *
 * @throws in a step of a model without `initLogitBias`
 */
export function siglipObjective(): Objective<Vectors<'images' | 'texts'>> {
  return {
    ...clipObjective(),
    name: 'SigLIP',
    shareOf: undefined,
    lossOf: ({ images, texts }, model) => {
      const bias = logitBias(model);
      if (!bias) throw new Error('The sigmoid loss needs a logit bias: set initLogitBias, −10 as published.');
      return { loss: siglipLoss(images, texts, logitScale(model), bias) };
    },
  };
}

type DalipEmbedding = 'images' | 'imagesSecond' | 'texts' | 'textsSecond';

/** DALIP: first- and second-order statistics of both towers; needs a model with `secondOrder` heads. */
export function dalipObjective(options: DalipOptions = {}): Objective<Vectors<DalipEmbedding>> {
  return {
    name: 'DALIP',
    encode: (model, batch, mode) => {
      const images = encodeImages(model, batch.images, mode);
      const texts = encodeTexts(model, batch.texts, mode);
      return {
        images: images.first,
        imagesSecond: images.second!,
        texts: texts.first,
        textsSecond: texts.second!,
      };
    },
    lossOf: ({ images, imagesSecond, texts, textsSecond }, model) => {
      const scales = { first: logitScale(model), second: logitScale(model, 'second') };
      const [ofImages, ofTexts] = [
        { first: images, second: imagesSecond },
        { first: texts, second: textsSecond },
      ];
      return { loss: dalipLoss(ofImages, ofTexts, scales, options) };
    },
  };
}
