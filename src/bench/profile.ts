import * as tf from '@tensorflow/tfjs-core';
import { type Precision, startEngine } from '../engine';
import { machineKind } from '../engine/machine';
import { cpuMsSince, type OperationCost, traceOperations } from '../engine/trace';
import { createClip } from '../models';
import { clipObjective, startTraining, trainStep } from '../training';
import { benchTokens } from './benchTexts';
import { matrixPeak } from './matrixPeak';
import type { BenchModel } from './models';
import { stepProducts } from './stepProducts';

export interface ProfileOptions {
  model: BenchModel;
  precision: Precision;
  /** How many steps are measured, after two that are not; default 2. */
  steps?: number;
}

/** Where a training step's time goes. Times are of the processor, all threads together, and of one step. */
export interface StepProfile {
  machine: string;
  model: string;
  batch: number;
  precision: Precision;
  /** Of the longest text in the batch. */
  textTokens: number;
  stepCpuMs: number;
  /** By the clock; means something only where the machine has nothing else to do. */
  stepWallMs: number;
  operations: Map<string, OperationCost>;
  /** Floating-point operations of the linear layers. */
  products: number;
  /** The most that large matrix products do in the same precision, floating-point operations in a second of processor time. */
  peak: number;
}

const WARM_UP = 2;

/**
 * Takes training steps of plain CLIP, real captions, and notes the cost of every operation of TensorFlow.
 *
 * @throws as `traceOperations` does; for bf16 as `withPrecision` does
 */
export async function profileStep({ model, precision, steps = 2 }: ProfileOptions): Promise<StepProfile> {
  await startEngine();
  const { name, config, batch } = model;
  const side = config.vision.imageSize;
  const clip = createClip(config, 0);
  const recipe = {
    steps: 100,
    batchSize: batch,
    learningRate: 1e-4,
    warmupSteps: 0,
    weightDecay: 0.2,
    clipNorm: 1,
  };
  const training = startTraining(clip, clipObjective(), { ...recipe, precision, seed: 0 });
  const images = tf.randomNormal([batch, side, side, 3], 0, 1, 'float32', 1) as tf.Tensor4D;
  const texts = await benchTokens('real', batch, config.text);
  const keys = Array.from({ length: batch }, (_, row) => String(row));
  const take = (count: number) => {
    for (let i = 0; i < count; i++) trainStep(training, { keys, images, texts }, () => false);
  };
  take(WARM_UP);
  const [began, before] = [performance.now(), process.cpuUsage()];
  const { operations } = traceOperations(() => take(steps));
  const [stepWallMs, stepCpuMs] = [(performance.now() - began) / steps, cpuMsSince(before) / steps];
  images.dispose();
  const textTokens = Math.max(...texts.lengths);
  return {
    machine: machineKind(),
    model: name,
    batch,
    precision,
    textTokens,
    stepCpuMs,
    stepWallMs,
    operations: perStep(operations, steps),
    products: stepProducts(config, texts.lengths),
    peak: matrixPeak(precision),
  };
}

function perStep(operations: ReadonlyMap<string, OperationCost>, steps: number): Map<string, OperationCost> {
  return new Map(
    [...operations].map(([name, { calls, cpuMs }]) => [name, { calls: calls / steps, cpuMs: cpuMs / steps }]),
  );
}
