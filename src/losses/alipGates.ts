import * as tf from '@tensorflow/tfjs-core';
import { type Random, stopGradient } from '../engine';

/** Running means of the batch's three similarities: text–caption, image–text, image–caption. */
export interface GateHistory {
  textCaption: number;
  imageText: number;
  imageCaption: number;
}

/**
 * Where the history starts; the paper does not say. The official code starts at 1, which needs about 460 steps to wear
 * off and until then makes nearly every sample look bad; `firstBatch` starts at the first batch's means, for runs
 * shorter than that.
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

/** How the gates close, which of them count, and what else may be done with their weights. Absent: as published. */
export interface GateOptions {
  /** γ_s of the language consistency gate. Published: 2. */
  gammaSample?: number;
  /** γ_p of the description consistency gates. Published: 2. */
  gammaPair?: number;
  /** m: H ← m·H + (1−m)·mean(S). Official code: 0.99; the paper names no value. */
  momentum?: number;
  /**
   * `exponential`, as published. `threshold`: each gate lets through with weight 1 what reaches its history and drops
   * the rest with weight 0; no γ is used, and no pair is boosted.
   */
  shape?: 'exponential' | 'threshold';
  /**
   * Which samples the description gates weigh. `lowSamples`: those whose text–caption similarity is below its history,
   * in other words W_s < 1, as in the paper's equation 4 and the official code. `everySample`: all.
   */
  pairSwitch?: 'lowSamples' | 'everySample';
  /**
   * The gates whose weights count, all three; the others weigh 1. Without `sample`, W_s still is the switch of the
   * description gates unless `pairSwitch` says otherwise: the paper has rows without W_s in its ablation but does not
   * say what switched W_t and W_c there.
   */
  use?: readonly (keyof GateWeights)[];
  /**
   * Controls for the claim that the gates find bad pairs. `shuffled`: the samples of a batch exchange their weights,
   * the three of a sample staying together. `rescaled`: W_t and W_c are divided so that W_s·W_t and W_s·W_c have mean
   * 1 in every batch, and the gates no longer change the size of the step. Absent: neither.
   */
  placebo?: 'shuffled' | 'rescaled';
}

/** The values of the paper and the official code. */
export const ALIP_GATES = {
  gammaSample: 2,
  gammaPair: 2,
  momentum: 0.99,
  shape: 'exponential',
  pairSwitch: 'lowSamples',
  use: ['sample', 'imageText', 'imageCaption'],
} as const satisfies GateOptions;

/** The similarities that the gates compare with their history, constants for the gradient. Each `[batch]`. */
export type TripletSimilarities = Record<keyof GateHistory, tf.Tensor1D>;

/**
 * Cosines of each triplet's three pairs, S_tc, S_xt and S_xc.
 *
 * @param images unit rows, `[batch, embedDim]`; likewise `texts` (raw) and `captions` (synthetic)
 */
export function tripletSimilarities(
  images: tf.Tensor2D,
  texts: tf.Tensor2D,
  captions: tf.Tensor2D,
): TripletSimilarities {
  const similarity = (a: tf.Tensor2D, b: tf.Tensor2D) => stopGradient(tf.sum(tf.mul(a, b), 1) as tf.Tensor1D);
  return {
    textCaption: similarity(texts, captions),
    imageText: similarity(images, texts),
    imageCaption: similarity(images, captions),
  };
}

/**
 * ALIP's language and description consistency gates (Yang et al. 2023, Eq. 2–5), with the history updated first, as
 * in the official code.
 *
 * W_s = exp(γ_s (S_tc − H_tc)) where S_tc ≤ H_tc, else 1;
 * W_t = exp(γ_p (S_xt − H_xt)) and W_c = exp(γ_p (S_xc − H_xc)) where W_s < 1, else 1.
 *
 * The official code computes the similarities from half-precision embeddings; here they have single precision, and no
 * option for the former. On several ranks the similarities are those of the gathered batch, so that every rank has the
 * same history.
 *
 * @param history the means so far, null before the first batch
 * @returns the weights of all three gates, whatever `use` and `placebo` say: see `applyGates`
 */
export function openGates(
  similarities: TripletSimilarities,
  history: GateHistory | null,
  options: GateOptions = {},
): { weights: GateWeights; history: GateHistory } {
  const { gammaSample, gammaPair, momentum, shape, pairSwitch } = { ...ALIP_GATES, ...options };
  const updated = updateHistory(similarities, history, momentum);
  const excess = (name: keyof GateHistory, gamma: number) => {
    const difference = tf.sub(similarities[name], updated[name]);
    return shape === 'threshold' ? difference : tf.mul(difference, gamma);
  };
  const open = (x: tf.Tensor) =>
    shape === 'threshold' ? tf.cast(tf.greaterEqual(x, 0), 'float32') : tf.exp(x);

  const exponent = excess('textCaption', gammaSample);
  const low = tf.less(exponent, 0);
  const whereLow = (x: tf.Tensor) => tf.where(low, open(x), tf.onesLike(x)) as tf.Tensor1D;
  const pair = pairSwitch === 'everySample' ? (x: tf.Tensor) => open(x) as tf.Tensor1D : whereLow;
  const weights = {
    sample: whereLow(exponent),
    imageText: pair(excess('imageText', gammaPair)),
    imageCaption: pair(excess('imageCaption', gammaPair)),
  };
  return { weights, history: updated };
}

/** `openGates` on the similarities of these embeddings, unit rows `[batch, embedDim]`. */
export function alipGates(
  images: tf.Tensor2D,
  texts: tf.Tensor2D,
  captions: tf.Tensor2D,
  history: GateHistory | null,
  options: GateOptions = {},
): { weights: GateWeights; history: GateHistory } {
  return openGates(tripletSimilarities(images, texts, captions), history, options);
}

function updateHistory(
  similarities: TripletSimilarities,
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
 * What the loss takes: the weights that count, and what the placebo makes of them. With neither `use` nor `placebo` the
 * weights stay as they are.
 *
 * @param random decides who exchanges weights with whom
 */
export function applyGates(
  weights: GateWeights,
  { use = ALIP_GATES.use, placebo }: Pick<GateOptions, 'use' | 'placebo'>,
  random: Random,
): GateWeights {
  const ofGate = (change: (gate: keyof GateWeights) => tf.Tensor): GateWeights => ({
    sample: change('sample') as tf.Tensor1D,
    imageText: change('imageText') as tf.Tensor1D,
    imageCaption: change('imageCaption') as tf.Tensor1D,
  });
  const used = ofGate((gate) => (use.includes(gate) ? weights[gate] : tf.onesLike(weights[gate])));
  if (placebo === 'shuffled') {
    const order = random.shuffle(Array.from({ length: used.sample.size }, (_, i) => i));
    return ofGate((gate) => tf.gather(used[gate], tf.tensor1d(order, 'int32')));
  }
  if (placebo === 'rescaled') {
    const rescale = (pair: tf.Tensor1D) => tf.divNoNan(pair, tf.mean(tf.mul(used.sample, pair)));
    return ofGate((gate) => (gate === 'sample' ? used.sample : rescale(used[gate])));
  }
  return used;
}
