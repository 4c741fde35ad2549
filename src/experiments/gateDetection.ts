import * as tf from '@tensorflow/tfjs-core';
import type { NoiseKind, NoisyTexts } from '../data';
import { auroc } from '../evaluation';
import { type GateOptions, openGates } from '../losses';
import type { GateObservation } from './gateObserver';

/** What can be held against the noise: the gates' weights, their product on the raw text's path, two similarities. */
export type Detector = 'sample' | 'imageText' | 'product' | 'textCaption' | 'imageTextSimilarity';

export const DETECTORS: Record<Detector, { symbol: string; meaning: string }> = {
  sample: { symbol: 'W_s', meaning: 'sample gate' },
  imageText: { symbol: 'W_t', meaning: 'image–text gate' },
  product: { symbol: 'W_s·W_t', meaning: 'weight of the raw text' },
  textCaption: { symbol: 'S_tc', meaning: 'raw text and caption' },
  imageTextSimilarity: { symbol: 'S_xt', meaning: 'picture and raw text' },
};

/** A kind of noise, or all of it. */
export type DetectedKind = NoiseKind | 'any';

/** One of the observed pairs with what the gates make of it. */
export interface ObservedPair {
  /** In the training set. */
  index: number;
  /** What was done to its raw text; null: nothing. */
  noise: NoiseKind | null;
  /** W_s, W_t and W_c. */
  sample: number;
  imageText: number;
  imageCaption: number;
  /** S_tc, S_xt and S_xc. */
  similarities: { textCaption: number; imageText: number; imageCaption: number };
}

/**
 * The weights ALIP gives the observed pairs. Where the run kept no history (it had no gates), the pairs' own means stand
 * in for it: that changes where the gates begin to close, not whom they put before whom by similarity.
 *
 * @param flags what was done to the training set's raw texts
 * @param options the run's gates, where they are not ALIP's
 */
export function observedPairs(
  observation: GateObservation,
  flags: NoisyTexts['flags'],
  options: GateOptions = {},
): ObservedPair[] {
  const { indices, textCaption, imageText, imageCaption, history } = observation;
  const weights = tf.tidy(() => {
    const similarities = {
      textCaption: tf.tensor1d(textCaption),
      imageText: tf.tensor1d(imageText),
      imageCaption: tf.tensor1d(imageCaption),
    };
    const opened = openGates(similarities, history, { ...options, momentum: 1 }); // the history is up to date
    return {
      sample: opened.weights.sample.dataSync(),
      imageText: opened.weights.imageText.dataSync(),
      imageCaption: opened.weights.imageCaption.dataSync(),
    };
  });
  return indices.map((index, i) => ({
    index,
    noise: flags[index],
    sample: weights.sample[i],
    imageText: weights.imageText[i],
    imageCaption: weights.imageCaption[i],
    similarities: { textCaption: textCaption[i], imageText: imageText[i], imageCaption: imageCaption[i] },
  }));
}

/** What a detector says of a pair: lower is more suspicious. */
export function detectorScore(pair: ObservedPair, detector: Detector): number {
  if (detector === 'product') return pair.sample * pair.imageText;
  if (detector === 'textCaption') return pair.similarities.textCaption;
  if (detector === 'imageTextSimilarity') return pair.similarities.imageText;
  return pair[detector];
}

/** The untouched pairs and those with this kind of noise. */
export function pairsOfKind(pairs: readonly ObservedPair[], kind: DetectedKind): ObservedPair[] {
  return pairs.filter(({ noise }) => noise === null || kind === 'any' || noise === kind);
}

/** The area under the ROC curve of a detector for a kind of noise, in [0, 1]; 0.5 is guessing. */
export function detection(pairs: readonly ObservedPair[], detector: Detector, kind: DetectedKind): number {
  const chosen = pairsOfKind(pairs, kind);
  return auroc(
    chosen.map((pair) => detectorScore(pair, detector)),
    chosen.map(({ noise }) => noise === null),
  );
}
