import { readFileSync } from 'node:fs';
import type { Precision } from '../engine';

/** What the peers of embedding.ts are given, a file of JSON. */
export interface EmbeddingJob {
  /** A configuration in open_clip's format, a file whose name is the model's. */
  model: string;
  /** Its weights, safetensors. */
  weights: string;
  /** The same as ONNX, a folder as transformers.js loads it. */
  onnx: string;
  /** Files. */
  pictures: string[];
  /** The first `batch` pictures as the model wants them, float32 `[batch, side, side, 3]`, a file. */
  pixels: string;
  side: number;
  texts: string[];
  classes: string[];
  /** With `{}` in a class's place. */
  templates: readonly string[];
  /** Which will be asked for. */
  precisions: Precision[];
  /** Pictures encoded at a time. */
  batch: number;
  /** Texts encoded at a time. */
  textBatch: number;
  threads: number;
}

/**
 * Pictures from their files; the encoder alone, on `pixels` again and again; texts; or a classifier from the classes in all
 * templates, and by it so many pictures out of `pixels`.
 */
export type EmbeddingTask = 'pictures' | 'encoder' | 'texts' | 'zero-shot';

export interface EmbeddingRequest {
  task: EmbeddingTask;
  precision: Precision;
  /** How many pictures or texts are to be embedded, whole batches. */
  count: number;
  /** Of zero-shot: how many classes; 0 for the others. */
  classes: number;
  /** Asks for the rows, too. */
  show?: boolean;
}

export interface EmbeddingAnswer {
  /** Where they were asked for: unit rows `[count][width]`, or cosines `[count][classes]`. */
  rows?: number[][];
}

/** The values of `pixels`, joined. */
export function readPixels({ pixels }: EmbeddingJob): Float32Array {
  const { buffer, byteOffset, length } = readFileSync(pixels);
  return new Float32Array(buffer.slice(byteOffset, byteOffset + length));
}

/** Rows out of joined values. */
export function rowsOf(values: Float32Array, width: number): number[][] {
  const rows = values.length / width;
  return Array.from({ length: rows }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]);
}

/** The places at which batches begin. */
export function batchStarts(count: number, batch: number): number[] {
  return Array.from({ length: Math.ceil(count / batch) }, (_, place) => place * batch);
}
