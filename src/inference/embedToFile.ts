import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type EmbeddingJob,
  type EmbeddingJobOptions,
  type EmbeddingSummary,
  runEmbeddingJob,
} from './embeddingJob';
import { TEXT_BATCH } from './encodeLines';
import { type NamedPicture, PICTURE_BATCH, type PictureOptions } from './encodePictures';
import { fingerprintOf } from './fingerprint';
import type { LoadedClip } from './loadClip';

/** What is to be embedded, in a fixed order. */
export type EmbeddingInput =
  | { pictures: AsyncIterable<NamedPicture> | Iterable<NamedPicture> }
  | { texts: AsyncIterable<string> | Iterable<string> };

/** Where the rows go, and what decides them. */
export type EmbeddingOutput = Pick<EmbeddingJob<unknown>, 'path' | 'settings'>;

export interface EmbedToFileOptions extends PictureOptions, EmbeddingJobOptions {}

/**
 * What decides the rows, for `embedToFile`.
 *
 * @param name what the model was loaded by
 */
export function embeddingSettings(
  { config, model, preparation, arithmetic: { precision } }: LoadedClip,
  name: string,
  input: EmbeddingInput,
): Record<string, unknown> {
  return {
    model: existsSync(name) ? resolve(name) : name,
    parameters: fingerprintOf(model),
    config,
    ...(precision !== 'f32' && { precision }),
    ...('pictures' in input && { pictures: preparation.settings }),
  };
}

/** Pictures to be embedded, for `runEmbeddingJob`. */
export function picturesJob(
  clip: LoadedClip,
  pictures: AsyncIterable<NamedPicture> | Iterable<NamedPicture>,
  output: EmbeddingOutput,
  { batchSize = PICTURE_BATCH, damaged }: PictureOptions = {},
): EmbeddingJob<NamedPicture> {
  return {
    ...output,
    width: clip.config.embedDim,
    inputs: pictures,
    keyOf: ({ key }) => key,
    batchSize,
    encode: (some) => clip.encodePictures(some, { batchSize, damaged }),
  };
}

/** Texts to be embedded likewise. */
export function textsJob(
  clip: LoadedClip,
  texts: AsyncIterable<string> | Iterable<string>,
  output: EmbeddingOutput,
): EmbeddingJob<string> {
  const width = clip.config.embedDim;
  const encode = clip.encodeLines;
  return { ...output, width, inputs: texts, keyOf: (text) => text, batchSize: TEXT_BATCH, encode };
}

/**
 * Embeds whatever the file lacks, or a part of it, and finishes it; see `runEmbeddingJob`.
 *
 * @throws as `runEmbeddingJob` does; BadSampleError at a damaged picture unless they are skipped
 */
export function embedToFile(
  clip: LoadedClip,
  input: EmbeddingInput,
  output: EmbeddingOutput,
  { batchSize, damaged, ...options }: EmbedToFileOptions = {},
): Promise<EmbeddingSummary> {
  return 'texts' in input
    ? runEmbeddingJob(textsJob(clip, input.texts, output), options)
    : runEmbeddingJob(picturesJob(clip, input.pictures, output, { batchSize, damaged }), options);
}
