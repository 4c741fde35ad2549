import { existsSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../engine';
import { cpuMsSince } from '../engine/trace';
import { openWeights } from '../files';
import { readModel } from '../inference/readModel';
import { type Clip, type ClipConfig, createClip, type TokenBatch } from '../models';
import { openClipConfig } from '../models/openClipConfig';
import {
  alipObjective,
  clipObjective,
  dalipObjective,
  type Objective,
  startTraining,
  trainStep,
} from '../training';
import { type Answering, serve } from './peer';
import type { TrainingJob, TrainingMethod } from './trainingPeer';

const OBJECTIVES: Record<TrainingMethod, () => Objective> = {
  CLIP: clipObjective,
  DALIP: dalipObjective,
  ALIP: alipObjective,
};

/** clipbook as a peer of training.ts: the step of every run, `trainStep`, at a constant learning rate. */
async function load(job: TrainingJob): Promise<Answering<object>> {
  await startEngine();
  const { secondOrder, method } = job;
  const config = { ...openClipConfig(job.sizes, 'sizes'), ...(secondOrder && { secondOrder }) };
  const training = startTraining(await modelOf(job, config), OBJECTIVES[method](), {
    steps: Number.MAX_SAFE_INTEGER, // the schedule does not fall before its end comes near
    batchSize: job.batch,
    learningRate: job.learningRate,
    warmupSteps: 0,
    weightDecay: job.weightDecay,
    clipNorm: job.clipNorm,
    precision: job.precision,
    seed: 0,
  });
  const { buffer, byteOffset, length } = readFileSync(job.pixels);
  const pixels = new Float32Array(buffer.slice(byteOffset, byteOffset + length));
  const images = tf.tensor4d(pixels, [job.batch, job.side, job.side, 3]);
  const keys = job.ids.map((_, row) => String(row));
  const [texts, captions] = [job.ids, job.captions].map((ids) => tokensOf(ids, config));
  const batch = { keys, images, texts, captions };
  return async () => {
    const before = process.cpuUsage();
    const { loss } = trainStep(training, batch, () => false);
    return { loss, cpuSeconds: cpuMsSince(before) / 1000 };
  };
}

async function modelOf({ weights }: TrainingJob, config: ClipConfig): Promise<Clip> {
  if (!existsSync(weights)) return createClip(config, 0);
  const file = await openWeights(weights);
  try {
    return readModel(config, file);
  } finally {
    file.close();
  }
}

function tokensOf(ids: number[][], { text }: ClipConfig): TokenBatch {
  const end = text.vocabSize - 1;
  return { ids: Int32Array.from(ids.flat()), lengths: Int32Array.from(ids, (row) => row.indexOf(end) + 1) };
}

serve(load);
