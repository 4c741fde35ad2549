import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../engine';
import { pairLosses } from './clip';

/** Running means of the batch's three similarities: text–caption, image–text, image–caption. */
export interface GateHistory {
  textCaption: number;
  imageText: number;
  imageCaption: number;
}

/** How sharply the gates close, and how slowly their thresholds move. */
export interface GateOptions {
  /** γ_s of the language consistency gate. Published: 2. */
  gammaSample: number;
  /** γ_p of the description consistency gates. Published: 2. */
  gammaPair: number;
  /** m: H ← m·H + (1−m)·mean(S). Official code: 0.99. */
  momentum: number;
}

/** The values of the paper and the official code. */
export const ALIP_GATES: GateOptions = { gammaSample: 2, gammaPair: 2, momentum: 0.99 };

/**
 * Where the history starts. The official code starts at 1, which needs about 460 steps to wear off and until then
 * makes every sample look bad; `firstBatch` starts at the first batch's means, for runs shorter than that.
 */
export type HistoryStart = 'one' | 'firstBatch';

/** The gates of one batch; constants for the gradient. Each `[batch]`. */
export interface GateWeights {
  /** W_s in (0, 1]: does the raw text agree with the caption? */
  sample: tf.Tensor1D;
  /** W_t: does the raw text fit the picture? 1 where W_s is 1. */
  imageText: tf.Tensor1D;
  /** W_c: does the caption fit the picture? 1 where W_s is 1. */
  imageCaption: tf.Tensor1D;
}

/**
 * ALIP's language and description consistency gates (Yang et al. 2023, Eq. 2–5), with the history updated first, as
 * in the official code.
 *
 * W_s = exp(γ_s (S_tc − H_tc)) where S_tc ≤ H_tc, else 1;
 * W_t = exp(γ_p (S_xt − H_xt)) and W_c = exp(γ_p (S_xc − H_xc)) where W_s < 1, else 1.
 *
 * @param images unit rows, `[batch, embedDim]`; likewise `texts` (raw) and `captions` (synthetic)
 * @param history the means so far, null before the first batch
 */
export function alipGates(
  images: tf.Tensor2D,
  texts: tf.Tensor2D,
  captions: tf.Tensor2D,
  history: GateHistory | null,
  { gammaSample, gammaPair, momentum }: GateOptions = ALIP_GATES,
): { weights: GateWeights; history: GateHistory } {
  const similarity = (a: tf.Tensor2D, b: tf.Tensor2D) => stopGradient(tf.sum(tf.mul(a, b), 1) as tf.Tensor1D);
  const similarities = {
    textCaption: similarity(texts, captions),
    imageText: similarity(images, texts),
    imageCaption: similarity(images, captions),
  };
  const updated = updateHistory(similarities, history, momentum);
  const excess = (name: keyof GateHistory, gamma: number) =>
    tf.mul(tf.sub(similarities[name], updated[name]), gamma);

  const exponent = excess('textCaption', gammaSample);
  const low = tf.less(exponent, 0);
  const whereLow = (x: tf.Tensor) => tf.where(low, tf.exp(x), tf.onesLike(x)) as tf.Tensor1D;
  const weights = {
    sample: whereLow(exponent),
    imageText: whereLow(excess('imageText', gammaPair)),
    imageCaption: whereLow(excess('imageCaption', gammaPair)),
  };
  return { weights, history: updated };
}

function updateHistory(
  similarities: Record<keyof GateHistory, tf.Tensor1D>,
  history: GateHistory | null,
  momentum: number,
): GateHistory {
  const update = (name: keyof GateHistory) => {
    const mean = tf.mean(similarities[name]).dataSync()[0];
    return history ? momentum * history[name] + (1 - momentum) * mean : mean;
  };
  return {
    textCaption: update('textCaption'),
    imageText: update('imageText'),
    imageCaption: update('imageCaption'),
  };
}

/**
 * ALIP's adaptive contrastive loss over both paths, normalised as in the official code (mean over the batch, both
 * directions halved): L = mean(W_s·W_t·CE_xt) + mean(W_s·W_c·CE_xc).
 *
 * @param images unit rows, `[batch, embedDim]`; likewise `texts` (raw) and `captions` (synthetic)
 * @param scale what cosines are multiplied by, a scalar
 * @param weights null for the ungated bi-path loss
 * @returns a scalar
 */
export function alipLoss(
  images: tf.Tensor2D,
  texts: tf.Tensor2D,
  captions: tf.Tensor2D,
  scale: tf.Scalar,
  weights: GateWeights | null,
): tf.Scalar {
  const textLosses = pairLosses(images, texts, scale);
  const captionLosses = pairLosses(images, captions, scale);
  if (!weights) return tf.add(tf.mean(textLosses), tf.mean(captionLosses)) as tf.Scalar;
  const gated = (losses: tf.Tensor1D, pair: tf.Tensor1D) =>
    tf.mean(tf.mul(tf.mul(losses, pair), weights.sample));
  return tf.add(
    gated(textLosses, weights.imageText),
    gated(captionLosses, weights.imageCaption),
  ) as tf.Scalar;
}
