import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { BadSampleError, mapConcurrently, type PictureSource } from '../data';
import { type Embeddings, toEmbeddings } from '../evaluation';
import { type Clip, encodeImages } from '../models';
import { type Arithmetic, arithmeticIn } from './arithmetic';
import { type Preparation, toInput } from './pictures';

/** A picture under the name that errors and lists call it by. */
export interface NamedPicture {
  key: string;
  image: PictureSource;
}

/** An input, with what is wrong with it if it has no embedding. */
export interface EncodedInput {
  key: string;
  error?: BadSampleError;
}

/** Inputs in their order, and one row for each that is not damaged. */
export interface EncodedBatch {
  inputs: EncodedInput[];
  embeddings: Embeddings;
}

/** Pictures encoded at a time unless another number is asked for. */
export const PICTURE_BATCH = 32;

export interface PictureOptions {
  /** Pictures encoded at a time; memory holds two such batches. Default `PICTURE_BATCH`. */
  batchSize?: number;
  /** What becomes of a picture that cannot be read or decoded: `refuse` throws, `skip` leaves it without a row. Default `refuse`. */
  damaged?: 'refuse' | 'skip';
}

/**
 * Embeds pictures batch by batch, in their order. While a batch is encoded the files of the next are read and decoded on
 * libuv's threads; scaling to the model's input is done in between.
 *
 * @throws BadSampleError where `damaged` is `refuse`; whatever the source throws
 */
export async function* encodePictures(
  model: Clip,
  preparation: Preparation,
  source: AsyncIterable<NamedPicture> | Iterable<NamedPicture>,
  { batchSize = PICTURE_BATCH, damaged = 'refuse' }: PictureOptions = {},
  { run }: Pick<Arithmetic, 'run'> = arithmeticIn('f32'),
): AsyncGenerator<EncodedBatch> {
  const prepared = mapConcurrently(source, batchSize, async ({ key, image }) => ({
    key,
    pixels: await preparation.pixels(image, key).catch(asValue),
  }));
  let inputs: EncodedInput[] = [];
  let pictures: Uint8Array[] = [];
  const encode = (): EncodedBatch => ({
    inputs,
    embeddings: run(() => encodeBatch(model, preparation, pictures)),
  });
  for await (const { key, pixels } of prepared) {
    if (pixels instanceof BadSampleError) {
      if (damaged === 'refuse') throw pixels;
      inputs.push({ key, error: pixels });
    } else {
      inputs.push({ key });
      pictures.push(pixels);
    }
    if (inputs.length < batchSize) continue;
    yield encode();
    [inputs, pictures] = [[], []];
    await setImmediate(); // Batches alone never let the process hear of a signal.
  }
  if (inputs.length > 0) yield encode();
}

function asValue(error: unknown): BadSampleError {
  if (error instanceof BadSampleError) return error;
  throw error;
}

function encodeBatch(model: Clip, preparation: Preparation, pictures: Uint8Array[]): Embeddings {
  const { embedDim, vision } = model.config;
  if (pictures.length === 0) return toEmbeddings([], embedDim);
  return download(tf.tidy(() => encodeImages(model, toInput(pictures, preparation, vision.imageSize)).first));
}

/** Rows out of the engine, which then forgets them. */
export function download(rows: tf.Tensor2D): Embeddings {
  const embeddings = toEmbeddings(rows.dataSync(), rows.shape[1]);
  rows.dispose();
  return embeddings;
}
