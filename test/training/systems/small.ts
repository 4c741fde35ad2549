import * as tf from '@tensorflow/tfjs-core';
import { createRandom } from '../../../src/engine';
import { type Clip, type ClipConfig, createClip } from '../../../src/models';
import {
  type BatchNeeds,
  type LossAndGradients,
  type Objective,
  pictureData,
  type StepMetrics,
  type TrainingBatch,
  wholeGradients,
} from '../../../src/training';
import { TINY, tinyPictures, tinyTokenizer } from '../../tiny';

/** Heads as small as the model. */
export const SIMCLR = { hidden: 8, output: 6 };
export const DECLIP = { simsiam: { hidden: 12, bottleneck: 6 } };
export const TOKENS = { width: 8 };

/** The first batch of the tiny pictures, with what an objective asks for. */
export function smallBatch(needs: BatchNeeds = {}, batchSize = 6): Promise<TrainingBatch> {
  const pictures = tinyPictures();
  return pictureData(pictures, tinyTokenizer(), {
    batchSize,
    seed: 0,
    imageSize: TINY.vision.imageSize,
    textOf: (index) => pictures.texts[index][1],
    captionOf: (index) => pictures.texts[index][0],
    needs,
  }).batch(0);
}

/** A model and what an objective makes of a batch with it. */
export interface Tried extends LossAndGradients {
  model: Clip;
  value: number;
  metrics: StepMetrics;
}

/** Loss, metrics and all gradients of the first step of a run; a name without a gradient is left out. */
export function tryOut(
  objective: Objective,
  config: ClipConfig,
  batch: TrainingBatch,
  model: Clip = createClip(config, 0),
): Tried {
  let metrics: StepMetrics = {};
  const mode = () => ({ training: true, random: createRandom('step') }) as const;
  const found = wholeGradients({
    batch,
    encode: (pairs) => objective.encode(model, pairs, mode()),
    lossOf: (rows) => {
      const { loss, metrics: read } = objective.lossOf(rows, model, mode());
      metrics = read?.() ?? {};
      return loss;
    },
    parameters: model.parameters,
  });
  const gradients = new Map([...found.gradients].filter(([, gradient]) => gradient));
  return { ...found, gradients, model, metrics, value: found.loss.dataSync()[0] };
}

/** Euclidean length of a tensor; 0 where there is none. */
export function norm(tensor: tf.Tensor | undefined): number {
  return tensor ? tf.norm(tensor).dataSync()[0] : 0;
}
