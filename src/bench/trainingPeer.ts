import type { Precision } from '../engine';
import type { SecondOrderConfig } from '../models';

/** DALIP and ALIP are clipbook's alone. */
export type TrainingMethod = 'CLIP' | 'DALIP' | 'ALIP';

/** What peers of training.ts are given, a file of JSON. */
export interface TrainingJob {
  method: TrainingMethod;
  /** The model's sizes in open_clip's format, as `openClipConfig` and `CLIP(**sizes)` take them. */
  sizes: object;
  /** DALIP's heads. */
  secondOrder?: SecondOrderConfig;
  /** A safetensors file to start from; open_clip makes it where it is not there, and clipbook draws its own start then. */
  weights: string;
  /** Pixels, float32 `[batch, side, side, 3]`, a file. */
  pixels: string;
  /** Token ids `[batch][contextLength]`. */
  ids: number[][];
  /** A second text of each picture, which ALIP takes, the same way. */
  captions: number[][];
  batch: number;
  side: number;
  precision: Precision;
  learningRate: number;
  weightDecay: number;
  clipNorm: number;
  threads: number;
}

/** One optimizer step on the job's batch. */
export interface StepAnswer {
  /** Before the step. */
  loss: number;
  /** Processor time of all threads; of clipbook alone. */
  cpuSeconds?: number;
}
