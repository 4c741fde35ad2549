import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { alone } from '../distributed';
import { createRandom, type Random, type Ranks, withPrecision, withReleasedGradients } from '../engine';
import { type Clip, isLogitScale, type Mode } from '../models';
import { type Parameters, trainable, withRecomputation } from '../nn';
import { acrossRanks, type LossShare } from './acrossRanks';
import { type AdamW, createAdamW, decaysInOpenClip } from './adamw';
import { disposeBatch } from './batchNeeds';
import { clipByGlobalNorm } from './clipping';
import { cachedGradients, checkChunks, type GradientProblem, wholeGradients } from './gradients';
import type { Objective, StepMetrics, TrainingBatch } from './objectives';
import { type Recipe, scheduleOf } from './recipe';
import { markShared } from './together';

/** Where batches come from: the batch of a step is fixed by the step, so that a resumed run sees the same ones. */
export interface TrainingData {
  batch(step: number): Promise<TrainingBatch>;
  /** Where the next batch begins, as plain data for checkpoints; for data that cannot be entered anywhere. */
  getState?(): unknown;
  setState?(state: unknown): void;
}

/** What one step did. */
export interface StepOutcome {
  /** Steps done, this one included. */
  step: number;
  loss: number;
  learningRate: number;
  gradientNorm: number;
  /** exp(logit_scale) after the step. */
  logitScale: number;
  /** What the objective wants to see beside its loss; empty in a step whose metrics nobody wants. */
  metrics: StepMetrics;
}

/** A step and how fast it went, data included. */
export interface StepReport extends StepOutcome {
  pairsPerSecond: number;
}

/** A run in progress: everything a checkpoint must hold. */
export interface Training {
  model: Clip;
  optimizer: AdamW;
  objective: Objective;
  recipe: Recipe;
  /** Where a batch's pairs lie on several processes; default alone. */
  ranks?: Ranks;
  /** Each rank computes the logits of its own pairs alone: the same numbers for less work where ranks are many. */
  localLoss?: boolean;
}

/** The logarithm of the largest temperature factor, as in CLIP and open_clip. */
const LOGIT_SCALE_LIMIT = Math.log(100);

/**
 * A run before its first step: a fresh optimizer over the model's trainable parameters.
 *
 * @throws Error where the recipe has chunks and the model's towers batch norm; where the batch cannot be shared out among the
 *   ranks; where an objective has no local loss
 */
export function startTraining(
  model: Clip,
  objective: Objective,
  recipe: Recipe,
  { ranks, localLoss }: Pick<Training, 'ranks' | 'localLoss'> = {},
): Training {
  if (recipe.chunk !== undefined) checkChunks(model.parameters);
  checkRanks(objective, recipe, { ranks, localLoss });
  const optimizer = createAdamW(trainedBy(objective, model), {
    beta1: recipe.beta1 ?? 0.9,
    beta2: recipe.beta2 ?? 0.98,
    epsilon: recipe.epsilon ?? 1e-6,
    weightDecay: recipe.weightDecay,
    decays: recipe.decayed === 'all' ? () => true : decaysInOpenClip,
  });
  return { model, optimizer, objective, recipe, ranks, localLoss };
}

/** Throws where a batch cannot be shared out among the ranks, or the objective has no local loss. */
export function checkRanks(
  { name, shareOf }: Objective,
  { batchSize }: Pick<Recipe, 'batchSize'>,
  { ranks = alone, localLoss }: Pick<Training, 'ranks' | 'localLoss'>,
): void {
  if (batchSize % ranks.size !== 0) {
    const error = `Expected a batch that ${ranks.size} ranks can share out, but batchSize is ${batchSize}; take a multiple.`;
    throw markShared(new Error(error));
  }
  if (localLoss && !shareOf) {
    throw markShared(
      new Error(`${name} has no local loss: a pair's part needs more than its own logits; leave it out.`),
    );
  }
}

/** The parameters that a step changes. */
function trainedBy({ trains = () => true }: Objective, { parameters }: Clip): Parameters {
  return new Map([...trainable(parameters)].filter(([name]) => trains(name)));
}

/** Whether the metrics of a step, counted from 1 as in the reports, are wanted. */
export type MetricsWanted = (step: number) => boolean;

/**
 * Takes all steps that are left, one after the other, and reports each.
 *
 * @param wanted every step unless told otherwise
 * @throws as `trainStep` does; the parameters are then those before the failed step.
 */
export async function* trainSteps(
  training: Training,
  data: TrainingData,
  wanted: MetricsWanted = () => true,
): AsyncGenerator<StepReport> {
  for (let step = training.optimizer.stepCount; step < training.recipe.steps; step++) {
    const began = performance.now();
    const batch = await data.batch(step);
    try {
      const report = trainStep(training, batch, wanted);
      const seconds = (performance.now() - began) / 1000;
      await setImmediate(); // Steps alone never let the process hear of a signal.
      yield { ...report, pairsPerSecond: keysOf(batch).length / seconds };
    } finally {
      disposeBatch(batch);
    }
  }
}

/**
 * One optimizer step: loss and gradients, clipping, AdamW, and the logit scale kept within [0, ln 100].
 * Random draws inside the step (dropout) depend on the seed and the step only.
 *
 * @throws {NotANumberError} when loss or gradients are not finite; nothing has changed then: parameters, running
 * statistics, moments and the objective's memory are those before the step.
 */
export function trainStep(
  training: Training,
  batch: TrainingBatch,
  wanted: MetricsWanted = () => true,
): StepOutcome {
  const { model, optimizer, recipe } = training;
  const step = optimizer.stepCount;
  const schedule = scheduleOf(recipe);
  const learningRate = schedule.learningRate(step);

  const sideEffects = rememberSideEffects(training);
  let gradients = new Map<string, tf.Tensor>();
  try {
    const raw = lossAndGradients(training, batch, wanted(step + 1));
    const clipped = clipByGlobalNorm(raw.gradients, recipe.clipNorm ?? Number.POSITIVE_INFINITY);
    gradients = clipped.gradients;
    if (!Number.isFinite(raw.loss) || !Number.isFinite(clipped.norm)) {
      sideEffects.undo();
      throw new NotANumberError(step + 1, raw.loss, clipped.norm, learningRate, keysOf(batch));
    }
    optimizer.step(gradients, learningRate, schedule.momentum?.(step));
    return {
      step: step + 1,
      loss: raw.loss,
      learningRate,
      gradientNorm: clipped.norm,
      logitScale: clampLogitScale(model),
      metrics: raw.metrics,
    };
  } finally {
    tf.dispose([...gradients.values()]);
    sideEffects.forget();
  }
}

/** The objective on one batch, with a gradient for every trainable parameter; the caller disposes them. */
function lossAndGradients(
  { model, objective, optimizer, recipe, ranks = alone, localLoss }: Training,
  batch: TrainingBatch,
  withMetrics: boolean,
): { loss: number; metrics: StepMetrics; gradients: Map<string, tf.Tensor> } {
  const random = createRandom(recipe.seed).fork(`step ${optimizer.stepCount}`);
  const modeOf = (random: Random): Mode => ({ training: true, random });
  let metrics: StepMetrics = {};
  const problem: GradientProblem = {
    batch,
    encode: (pairs, part) =>
      objective.encode(model, pairs, modeOf(part === undefined ? random : random.fork(`part ${part}`))),
    lossOf: (embeddings) => {
      const result = objective.lossOf(embeddings, model, modeOf(random));
      if (withMetrics && result.metrics) metrics = result.metrics();
      return result.loss;
    },
    parameters: trainedBy(objective, model),
  };
  const { chunk = batch.keys.length } = recipe;
  const ofProblem = (problem: GradientProblem) =>
    chunk < batch.keys.length ? cachedGradients(problem, chunk) : wholeGradients(problem);
  const share = localLoss ? shareOf(objective, model) : undefined;
  const compute = () => acrossRanks(problem, ofProblem, ranks, share);
  const { loss, gradients } = withPrecision(recipe.precision ?? 'f32', () =>
    withRecomputation(recipe.recompute ?? false, () => withReleasedGradients(compute)),
  );
  const value = loss.dataSync()[0];
  loss.dispose();
  return { loss: value, metrics, gradients };
}

const keysOf = ({ keys, allKeys = keys }: TrainingBatch) => allKeys;

const shareOf =
  (objective: Objective, model: Clip): LossShare =>
  (embeddings, first, count) =>
    objective.shareOf!(embeddings, model, first, count);

/** What the forward pass alone changes, running statistics and the objective's memory, with a way back. */
function rememberSideEffects({ model, objective }: Training): { undo(): void; forget(): void } {
  const buffers = [...model.parameters.values()].filter((variable) => !variable.trainable);
  const values = buffers.map((variable) => tf.clone(variable as tf.Tensor));
  const memory = objective.getState?.();
  return {
    undo: () => {
      buffers.forEach((variable, i) => {
        variable.assign(values[i]);
      });
      objective.setState?.(memory);
    },
    forget: () => tf.dispose(values),
  };
}

/** Keeps the temperatures' logarithms within [0, ln 100] and returns the first one's exponential. */
function clampLogitScale({ parameters }: Clip): number {
  for (const [name, variable] of parameters) {
    if (isLogitScale(name)) tf.tidy(() => variable.assign(tf.clipByValue(variable, 0, LOGIT_SCALE_LIMIT)));
  }
  return Math.exp(parameters.get('logit_scale')!.dataSync()[0]);
}

/** A loss or gradient that stopped being a number, with what is needed to find out why. */
export class NotANumberError extends Error {
  constructor(
    /** The step that failed, counted from 1 as in the reports. */
    readonly step: number,
    readonly loss: number,
    readonly gradientNorm: number,
    readonly learningRate: number,
    readonly keys: string[],
  ) {
    const shown = keys.slice(0, 8).join(', ') + (keys.length > 8 ? ` and ${keys.length - 8} more` : '');
    super(
      `The loss stopped being a number at step ${step} (loss ${loss}, gradient norm ${gradientNorm}, ` +
        `learning rate ${learningRate.toExponential(2)}, batch: ${shown}); lower the learning rate or look at this batch.`,
    );
    this.name = 'NotANumberError';
  }
}
