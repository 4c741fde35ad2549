import { existsSync } from 'node:fs';
import { type Share, shareOf, WHOLE } from '../distributed';
import { claimFolder } from '../files';
import { openEmbeddingFile } from './embeddingFile';
import { type MissingPart, mergeParts, partFolder, partSettings, readMerged } from './embeddingParts';
import type { EncodedBatch } from './encodePictures';

/** Rows to be made of inputs, in a fixed order. */
export interface EmbeddingJob<Input> {
  /** The matrix, see `openEmbeddingFile`. */
  path: string;
  /** Numbers in a row. */
  width: number;
  /** JSON that decides the rows. */
  settings: Record<string, unknown>;
  inputs: AsyncIterable<Input> | Iterable<Input>;
  keyOf: (input: Input) => string;
  /** How many inputs `encode` takes at a time. */
  batchSize: number;
  encode: (inputs: AsyncIterable<Input>) => AsyncIterable<EncodedBatch>;
}

export interface EmbeddingJobOptions {
  /** Makes a part of the rows, beside processes that make the others; default all. */
  share?: Share;
  /** Asks the work to stop behind the batch it is in. */
  signal?: AbortSignal;
  /** Told first how many rows are there from before, where there are any. */
  onKept?: (rows: number) => void;
  /** Called after each batch with the inputs done so far, those from before included. */
  onProgress?: (inputs: number) => void;
  /** Called for each picture that is left without a row. */
  onSkip?: (message: string) => void;
}

/** Of the whole matrix, or where parts of it are missing of this process's part. */
export interface EmbeddingSummary {
  /** Rows of the matrix. */
  rows: number;
  width: number;
  /** Rows that this call found. */
  kept: number;
  /** Inputs without a row, those from before included. */
  skipped: number;
  /** Seconds spent by this call, the first batch's warming up included. */
  seconds: number;
  /** What others have yet to do; empty where the matrix is whole. */
  missing: MissingPart[];
}

/** Thrown when the signal asks for it; the name is the one the command line knows. */
export class EmbeddingInterruptedError extends Error {
  override readonly name = 'RunInterruptedError';
}

/**
 * Makes whatever rows the file lacks, and finishes it. Memory holds two batches, whatever the number of inputs.
 *
 * One of n processes takes every n-th batch, so that batches, and with them the last bit of every row, are those of a single
 * run; its rows go to a folder `F.parts` beside the matrix. Whoever ends last puts them together.
 *
 * @throws EmbeddingInterruptedError where the signal asks for it, with all batches so far in the file;
 *   {FolderClaimedError} where another process makes this part; as the inputs, `encode` and `openEmbeddingFile` do
 */
export async function runEmbeddingJob<Input>(
  job: EmbeddingJob<Input>,
  options: EmbeddingJobOptions = {},
): Promise<EmbeddingSummary> {
  const { share = WHOLE, signal } = options;
  if (share.of === 1) {
    const summary = await fill(job, options);
    if (summary.rows + summary.skipped === 0) throw nothing();
    return summary;
  }
  const own = existsSync(job.path) ? null : await fillPart(job, share, options);
  const missing = own ? await mergeParts(job, share.of, signal) : [];
  if (own && missing.length > 0) return { ...own, missing };
  const { rows, inputs } = await readMerged(job);
  if (inputs === 0) throw nothing();
  const made = own ? own.rows - own.kept : 0;
  const seconds = own?.seconds ?? 0;
  return { rows, width: job.width, kept: rows - made, skipped: inputs - rows, seconds, missing };
}

async function fillPart<Input>(
  job: EmbeddingJob<Input>,
  share: Share,
  options: EmbeddingJobOptions,
): Promise<EmbeddingSummary> {
  const { folder, rows } = partFolder(job.path, share);
  const claim = claimFolder(folder);
  try {
    const inputs = shareOf(job.inputs, share, job.batchSize);
    return await fill({ ...job, path: rows, settings: partSettings(job, share), inputs }, options);
  } finally {
    claim.release();
  }
}

async function fill<Input>(
  { path, width, settings, inputs: source, keyOf, encode }: EmbeddingJob<Input>,
  { signal, onKept, onProgress, onSkip }: EmbeddingJobOptions,
): Promise<EmbeddingSummary> {
  const began = performance.now();
  const file = await openEmbeddingFile(path, width, settings);
  try {
    const { before } = file;
    if (before.rows > 0) onKept?.(before.rows);
    let { inputs } = before;
    for await (const batch of encode(file.remaining(source, keyOf))) {
      file.append(batch);
      inputs += batch.inputs.length;
      for (const { error } of batch.inputs) if (error) onSkip?.(error.message);
      onProgress?.(inputs);
      if (signal?.aborted) throw new EmbeddingInterruptedError(`Stopped after ${inputs} inputs.`);
    }
    file.finish();
    const seconds = (performance.now() - began) / 1000;
    return { rows: file.rows, width, kept: before.rows, skipped: inputs - file.rows, seconds, missing: [] };
  } finally {
    file.close();
  }
}

const nothing = () => new Error('Expected something to embed, but the input is empty.');
