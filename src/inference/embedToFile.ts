import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { EmbeddingFile } from './embeddingFile';
import type { EncodedBatch, NamedPicture, PictureOptions } from './encodePictures';
import { fingerprintOf } from './fingerprint';
import type { LoadedClip } from './loadClip';

/** What is to be embedded, in a fixed order. */
export type EmbeddingInput =
  | { pictures: AsyncIterable<NamedPicture> | Iterable<NamedPicture> }
  | { texts: AsyncIterable<string> | Iterable<string> };

export interface EmbedToFileOptions extends PictureOptions {
  /** Asks the work to stop behind the batch it is in. */
  signal?: AbortSignal;
  /** Called after each batch with the inputs done so far, those from before included. */
  onProgress?: (inputs: number) => void;
  /** Called for each picture that is left without a row. */
  onSkip?: (message: string) => void;
}

export interface EmbeddingSummary {
  /** Rows of the matrix. */
  rows: number;
  width: number;
  /** Rows of those that an earlier call made. */
  kept: number;
  /** Inputs without a row, those from before included. */
  skipped: number;
  /** Seconds spent by this call, the first batch's warming up included. */
  seconds: number;
}

/**
 * What decides the rows, for `openEmbeddingFile`.
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

/** Thrown when the signal asks for it; the name is the one the command line knows. */
export class EmbeddingInterruptedError extends Error {
  override readonly name = 'RunInterruptedError';
}

/**
 * Embeds whatever the file lacks, and finishes it. Memory holds two batches, whatever the number of inputs.
 *
 * @throws EmbeddingInterruptedError where the signal asks for it, with all batches so far in the file; BadSampleError at a
 *   damaged picture unless they are skipped; as the source and `openEmbeddingFile` do
 */
export async function embedToFile(
  clip: LoadedClip,
  input: EmbeddingInput,
  file: EmbeddingFile,
  { signal, onProgress, onSkip, ...options }: EmbedToFileOptions = {},
): Promise<EmbeddingSummary> {
  const began = performance.now();
  const { before } = file;
  let inputs = before.inputs;
  for await (const batch of batchesOf(clip, input, file, options)) {
    file.append(batch);
    inputs += batch.inputs.length;
    for (const { error } of batch.inputs) if (error) onSkip?.(error.message);
    onProgress?.(inputs);
    if (signal?.aborted) throw new EmbeddingInterruptedError(`Stopped after ${inputs} inputs.`);
  }
  if (inputs === 0) throw new Error('Expected something to embed, but the input is empty.');
  file.finish();
  return {
    rows: file.rows,
    width: clip.config.embedDim,
    kept: before.rows,
    skipped: inputs - file.rows,
    seconds: (performance.now() - began) / 1000,
  };
}

function batchesOf(
  clip: LoadedClip,
  input: EmbeddingInput,
  file: EmbeddingFile,
  options: PictureOptions,
): AsyncGenerator<EncodedBatch> {
  return 'pictures' in input
    ? clip.encodePictures(
        file.remaining(input.pictures, ({ key }) => key),
        options,
      )
    : clip.encodeLines(file.remaining(input.texts, (text) => text));
}
