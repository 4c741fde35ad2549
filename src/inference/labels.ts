import * as tf from '@tensorflow/tfjs-core';
import type { Embeddings } from '../evaluation';
import { type Clip, logitBias, pairLogits } from '../models';

/** A label and how likely it is, from 0 to 1. */
export interface LabelProbability {
  label: string;
  probability: number;
}

/**
 * How likely each label is for each picture, as the examples of open_clip have it: a softmax over the labels of the scaled
 * cosines, or, in a model with `logit_bias` (SigLIP), a sigmoid for every pair by itself. The factor is the model's own
 * `exp(logit_scale)`; open_clip's examples write the 100 that it comes to in published models.
 *
 * @param images unit rows, `[images, embedDim]`
 * @param labels unit rows, `[labels, embedDim]`
 * @returns `[images][labels]`
 */
export function labelProbabilities(model: Clip, images: Embeddings, labels: Embeddings): number[][] {
  if (images.rows === 0) return [];
  return tf.tidy(() => {
    const logits = pairLogits(model, toTensor(images), toTensor(labels));
    const probabilities = logitBias(model) ? tf.sigmoid(logits) : tf.softmax(logits);
    return probabilities.arraySync() as number[][];
  });
}

/** Labels with their probabilities, the likeliest first. */
export function rankLabels(labels: readonly string[], probabilities: readonly number[]): LabelProbability[] {
  const named = labels.map((label, place) => ({ label, probability: probabilities[place] }));
  return named.sort((a, b) => b.probability - a.probability);
}

function toTensor({ values, rows, width }: Embeddings): tf.Tensor2D {
  return tf.tensor2d(values, [rows, width]);
}
