import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Precision } from '../engine';
import { createRandom } from '../engine/random';
import { benchTokens, idRows, type TextLength } from './benchTexts';
import { type BenchModel, openClipSizes } from './models';
import { writeJob } from './peer';
import type { BenchOptions } from './processes';
import type { TrainingJob, TrainingMethod } from './trainingPeer';

/** A training step that is measured. */
export interface TrainingCase {
  model: BenchModel;
  precision: Precision;
  texts: TextLength;
  /** Default plain CLIP. */
  method?: TrainingMethod;
}

export const RECIPE = { learningRate: 1e-4, weightDecay: 0.2, clipNorm: 1 };

/** Writes pixels and the job of a case; returns the job's file. */
export async function prepareTraining(
  { model, precision, texts, method = 'CLIP' }: TrainingCase,
  { work, threads }: Pick<BenchOptions, 'work' | 'threads'>,
): Promise<string> {
  const { name, config, batch } = model;
  const side = config.vision.imageSize;
  const random = createRandom('pixels');
  const values = Float32Array.from({ length: batch * side * side * 3 }, () => random.normal());
  const pixels = join(work, `${name}-${batch}.f32`);
  writeFileSync(pixels, new Uint8Array(values.buffer));
  const ids = idRows(await benchTokens(texts, 2 * batch, config.text));
  const job: TrainingJob = {
    method,
    sizes: openClipSizes(config),
    secondOrder: config.secondOrder,
    weights: join(work, `${name}-${method}-start.safetensors`),
    pixels,
    ids: ids.slice(0, batch),
    captions: ids.slice(batch),
    ...{ batch, side, precision, threads },
    ...RECIPE,
  };
  return writeJob(join(work, `training-${method}.json`), job);
}
