import * as tf from '@tensorflow/tfjs-core';
import { createRandom } from '../engine';
import {
  type AlipVariant,
  alipGates,
  alipLoss,
  applyGates,
  type GateHistory,
  type GateOptions,
  type GateWeights,
  type HistoryStart,
} from '../losses';
import { type Clip, encodeImages, encodeTexts, logitScale, type Mode, type TokenBatch } from '../models';
import type { Objective, StepMetrics, Vectors } from './objectives';

export interface AlipOptions {
  /** false trains on both texts without gates: the control that shows what the second text brings by itself. */
  gated?: boolean;
  /** Default `one`, as in the official code. */
  historyStart?: HistoryStart;
  /** How the loss is normalised; `official`. */
  variant?: AlipVariant;
  /** What differs from `ALIP_GATES`. */
  gates?: GateOptions;
}

/**
 * ALIP: raw texts and captions, each pair weighed by its gates. The history of similarities belongs to the objective:
 * make a new one for each run. `encode` throws where a batch has no captions. The weights in its metrics are means over
 * the batch of what the gates say, whether or not `use` and `placebo` let it count.
 */
export function alipObjective(
  options: AlipOptions = {},
): Objective<Vectors<'images' | 'texts' | 'captions'>> {
  const { gated = true, historyStart = 'one', variant = 'official', gates = {} } = options;
  let history: GateHistory | null =
    gated && historyStart === 'one' ? { textCaption: 1, imageText: 1, imageCaption: 1 } : null;
  return {
    name: gated ? 'ALIP' : 'bi-path, no gates',
    encode: (model, batch, mode) => {
      if (!batch.captions)
        throw new Error('ALIP needs a caption beside each raw text; this data has one text only.');
      const images = encodeImages(model, batch.images, mode).first;
      const [texts, captions] = encodeBoth(model, batch.texts, batch.captions, mode);
      return { images, texts, captions };
    },
    lossOf: ({ images, texts, captions }, model, mode) => {
      const weighed = (weights: GateWeights | null) =>
        alipLoss(images, texts, captions, logitScale(model), weights, { variant });
      if (!gated) return { loss: weighed(null) };
      const opened = alipGates(images, texts, captions, history, gates);
      history = opened.history;
      return {
        loss: weighed(applyGates(opened.weights, gates, randomOf(mode))),
        metrics: () => ({ ...historyMetrics(opened.history), ...weightMetrics(opened.weights) }),
      };
    },
    getState: () => history,
    setState: (state) => {
      history = state as GateHistory | null;
    },
  };
}

/** For the placebo alone: leaves the step's other draws as they are. */
function randomOf(mode: Mode) {
  return (mode.training ? mode.random : createRandom(0)).fork('gates');
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
