import * as tf from '@tensorflow/tfjs-core';
import {
  ALIP_GATES,
  alipGates,
  alipLoss,
  clipLoss,
  type DalipOptions,
  dalipLoss,
  type GateHistory,
  type GateOptions,
  type GateWeights,
  type HistoryStart,
} from '../losses';
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
  /** The batch's loss, a scalar that depends on every trainable parameter; called inside the gradient's scope. */
  loss(model: Clip, batch: TrainingBatch, mode: Mode): { loss: tf.Scalar; metrics?: StepMetrics };
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

export interface AlipOptions {
  /** false trains on both texts without gates: the control that shows what the second text brings by itself. */
  gated?: boolean;
  /** Default `one`, as in the official code. */
  historyStart?: HistoryStart;
  /** Default `ALIP_GATES`. */
  gates?: GateOptions;
}

/**
 * ALIP: raw texts and captions, each pair weighed by its gates. The history of similarities belongs to the objective:
 * make a new one for each run. Its loss throws where a batch has no captions.
 */
export function alipObjective(options: AlipOptions = {}): Objective {
  const { gated = true, historyStart = 'one', gates = ALIP_GATES } = options;
  const start: GateHistory | null =
    historyStart === 'one' ? { textCaption: 1, imageText: 1, imageCaption: 1 } : null;
  let history = start;
  return {
    name: gated ? 'ALIP' : 'bi-path, no gates',
    loss: (model, batch, mode) => {
      if (!batch.captions)
        throw new Error('ALIP needs a caption beside each raw text; this data has one text only.');
      const images = encodeImages(model, batch.images, mode).first;
      const [texts, captions] = encodeBoth(model, batch.texts, batch.captions, mode);
      if (!gated) return { loss: alipLoss(images, texts, captions, logitScale(model), null) };
      const opened = alipGates(images, texts, captions, history, gates);
      history = opened.history;
      const loss = alipLoss(images, texts, captions, logitScale(model), opened.weights);
      return { loss, metrics: { ...historyMetrics(history), ...weightMetrics(opened.weights) } };
    },
    getState: () => history,
    setState: (state) => {
      history = state as GateHistory | null;
    },
  };
}

/** One pass over both lists of texts: one tower, twice the batch. */
function encodeBoth(model: Clip, texts: TokenBatch, captions: TokenBatch, mode: Mode): tf.Tensor2D[] {
  const joined = encodeTexts(model, joinTokens(texts, captions), mode).first;
  return tf.split(joined, 2) as tf.Tensor2D[];
}

function joinTokens(a: TokenBatch, b: TokenBatch): TokenBatch {
  const join = (left: Int32Array, right: Int32Array) => {
    const joined = new Int32Array(left.length + right.length);
    joined.set(left);
    joined.set(right, left.length);
    return joined;
  };
  return { ids: join(a.ids, b.ids), lengths: join(a.lengths, b.lengths) };
}

function historyMetrics(history: GateHistory): StepMetrics {
  return {
    historyTextCaption: history.textCaption,
    historyImageText: history.imageText,
    historyImageCaption: history.imageCaption,
  };
}

function weightMetrics(weights: GateWeights): StepMetrics {
  const mean = (tensor: tf.Tensor) => tf.mean(tensor).dataSync()[0];
  return {
    weightSample: mean(weights.sample),
    weightImageText: mean(weights.imageText),
    weightImageCaption: mean(weights.imageCaption),
  };
}
