import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { claimFolder } from '../files';
import { captionLoss } from '../losses';
import { type Captioner, captionStates, predictTokens } from '../models';
import { restoreVariables, trainable } from '../nn';
import { type AdamW, createAdamW } from './adamw';
import type { CaptionBatch, CaptionerData } from './captionerData';
import { loadLatestCheckpoint, saveCheckpoint } from './checkpoint';
import { clipByGlobalNorm } from './clipping';
import { openMetricsLog } from './metricsLog';
import { type Recipe, scheduleOf } from './recipe';
import { RunInterruptedError } from './run';
import type { RunFolder } from './runFolder';
import { NotANumberError } from './trainer';

export interface CaptionerRunOptions {
  folder: Pick<RunFolder, 'checkpoints' | 'metrics'>;
  /** Steps between checkpoints; default 100. The last step always has one. */
  checkpointEvery?: number;
  /** Steps between lines of the metrics file; default 10. */
  logEvery?: number;
  onStep?: (report: { step: number; loss: number; pairsPerSecond: number }) => void;
  signal?: AbortSignal;
}

/** The loss of a batch: cross-entropy of every next token. Part of a gradient's scope. */
export function captionBatchLoss(
  model: Captioner,
  { input, tokens, places, targets }: Omit<CaptionBatch, 'keys'>,
): tf.Scalar {
  const states = captionStates(model, input, tokens);
  const rows = tf.gather(tf.reshape(states, [-1, model.config.width]), tf.tensor1d(places, 'int32'));
  return captionLoss(predictTokens(model, rows as tf.Tensor2D), targets);
}

/**
 * Trains a captioner to the end of the recipe, from the newest checkpoint in the folder where there is one, as `trainRun`
 * does for a CLIP. The tower is not here: its features are the data, so it cannot change.
 *
 * @returns seconds spent training, earlier sessions of a resumed run included
 * @throws {RunInterruptedError} when the signal asks for it, except in the last step
 * @throws {NotANumberError} when loss or gradients are not finite
 * @throws Error where another process trains in the folder; {DiskError} where the disk does not take it
 */
export async function trainCaptioner(
  model: Captioner,
  data: CaptionerData,
  recipe: Recipe,
  { folder, checkpointEvery = 100, logEvery = 10, onStep, signal }: CaptionerRunOptions,
): Promise<number> {
  const { beta1 = 0.9, beta2 = 0.98, epsilon = 1e-6, weightDecay, steps } = recipe;
  const claim = claimFolder(dirname(folder.metrics));
  const optimizer = createAdamW(trainable(model.parameters), { beta1, beta2, epsilon, weightDecay });
  const checkpoint = loadLatestCheckpoint(folder.checkpoints);
  if (checkpoint) {
    restoreVariables(model.parameters, checkpoint.parameters);
    optimizer.loadState(checkpoint.optimizerState, checkpoint.optimizerSteps);
  }
  const log = openMetricsLog(folder.metrics, { lastStep: checkpoint?.step });
  const began = performance.now();
  const seconds = () => Number(checkpoint?.extra?.seconds ?? 0) + (performance.now() - began) / 1000;
  try {
    while (optimizer.stepCount < steps) {
      const stepBegan = performance.now();
      const report = captionerStep(model, optimizer, data.batch(optimizer.stepCount), recipe);
      const pairsPerSecond = (1000 * recipe.batchSize) / (performance.now() - stepBegan);
      const { step } = report;
      if (step % logEvery === 0 || step === 1 || step === steps) log.append({ ...report, pairsPerSecond });
      onStep?.({ ...report, pairsPerSecond });
      await setImmediate(); // Steps alone never let the process hear of a signal.
      const stopping = Boolean(signal?.aborted) && step < steps;
      if (stopping || step === steps || step % checkpointEvery === 0) {
        log.sync();
        await saveCheckpoint(folder.checkpoints, {
          parameters: model.parameters,
          optimizerState: optimizer.state(),
          step,
          optimizerSteps: step,
          randomStates: {}, // every draw is a function of the seed and the step
          extra: { seconds: seconds() },
        });
      }
      if (stopping)
        throw new RunInterruptedError(`Stopped after step ${step} of ${steps}; its checkpoint is saved.`);
    }
  } finally {
    log.close();
    claim.release();
    optimizer.dispose();
  }
  return seconds();
}

/** One optimizer step; the batch is disposed. */
function captionerStep(model: Captioner, optimizer: AdamW, batch: CaptionBatch, recipe: Recipe) {
  const parameters = trainable(model.parameters);
  const schedule = scheduleOf(recipe);
  const learningRate = schedule.learningRate(optimizer.stepCount);
  let gradients = new Map<string, tf.Tensor>();
  try {
    const { value, grads } = tf.variableGrads(() => captionBatchLoss(model, batch), [...parameters.values()]);
    const loss = value.dataSync()[0];
    value.dispose();
    const raw = new Map([...parameters].map(([name, variable]) => [name, grads[variable.name]]));
    const clipped = clipByGlobalNorm(raw, recipe.clipNorm ?? Number.POSITIVE_INFINITY);
    gradients = clipped.gradients;
    if (!Number.isFinite(loss) || !Number.isFinite(clipped.norm)) {
      throw new NotANumberError(optimizer.stepCount + 1, loss, clipped.norm, learningRate, batch.keys);
    }
    optimizer.step(gradients, learningRate, schedule.momentum?.(optimizer.stepCount));
    return { step: optimizer.stepCount, loss, learningRate, gradientNorm: clipped.norm };
  } finally {
    tf.dispose([...gradients.values(), batch.tokens, batch.input.grid]);
  }
}
