import type * as tf from '@tensorflow/tfjs-core';
import { lookUp, numbersOfPixels } from '../engine';

/** Mean and standard deviation per channel (R, G, B) of pixel values in [0, 1]. */
export type Channels = readonly [number, number, number];

/** By which bytes become a model's input: `(byte / 255 − mean) / std`. */
export interface Normalisation {
  /** Default: CLIP's. */
  mean?: Channels;
  /** Default: CLIP's. */
  std?: Channels;
}

/** OpenAI CLIP's normalisation (`OPENAI_DATASET_MEAN` of open_clip). */
export const CLIP_MEAN: Channels = [0.48145466, 0.4578275, 0.40821073];
/** OpenAI CLIP's normalisation (`OPENAI_DATASET_STD` of open_clip). */
export const CLIP_STD: Channels = [0.26862954, 0.26130258, 0.27577711];

/** RGB bytes (any number of pixels, channels last) as normalised floats. */
export function pixelsToFloat(pixels: Uint8Array, normalisation: Normalisation = {}): Float32Array {
  return lookUp(pixels, tableOf(normalisation));
}

/** The same in the engine, `[pixels.length]`. */
export function pixelsToTensor(pixels: Uint8Array, normalisation: Normalisation = {}): tf.Tensor1D {
  return numbersOfPixels(pixels, tableOf(normalisation));
}

/** The 256 possible values of the three channels, `[256, 3]`. */
function tableOf({ mean = CLIP_MEAN, std = CLIP_STD }: Normalisation): Float32Array {
  return Float32Array.from({ length: 256 * 3 }, (_, i) => {
    const [byte, channel] = [Math.floor(i / 3), i % 3];
    return (byte / 255 - mean[channel]) / std[channel];
  });
}
