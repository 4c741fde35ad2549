import { existsSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeShare, type Share } from '../distributed';
import { FolderClaimedError, requireUnclaimed } from '../files';
import { withFileLock } from '../files/fileLock';
import { openNpyMatrix } from '../files/npyMatrix';
import { checkSettings, type EmbeddingFile, openEmbeddingFile, stemOf } from './embeddingFile';
import type { EmbeddingJob } from './embeddingJob';
import { inBatches } from './inBatches';
import { journalLines, measureJournal } from './journal';

/** What others have yet to make of a matrix. */
export interface MissingPart {
  /** Such as `2/3`. */
  part: string;
  /** `atWork` also where it runs on another machine, which cannot be asked. */
  state: 'atWork' | 'stopped' | 'notBegun';
}

/** What merging looks at. */
type Matrix = Pick<EmbeddingJob<unknown>, 'path' | 'width' | 'settings' | 'batchSize'>;

/** `F.parts/2-of-3/`, and the rows in it. */
export function partFolder(path: string, { part, of }: Share): { folder: string; rows: string } {
  const folder = join(partsOf(path), `${part + 1}-of-${of}`);
  return { folder, rows: join(folder, 'rows.npy') };
}

/** A part's rows are no one else's: neither those of another part nor of batches that are cut otherwise. */
export function partSettings({ settings, batchSize }: Matrix, share: Share): Record<string, unknown> {
  return { ...settings, part: describeShare(share), batchSize };
}

/**
 * Puts the parts of a matrix together if all are there; its files are then those of a single run, to the byte, and the parts
 * go. Of several that try at once one does it.
 *
 * @returns the parts that are missing; none where the matrix is whole
 * @throws as `withFileLock` does, and where parts are of different settings
 */
export async function mergeParts(matrix: Matrix, of: number, signal?: AbortSignal): Promise<MissingPart[]> {
  const { path, width, settings } = matrix;
  return withFileLock(partsOf(path), { signal }, async () => {
    const shares = Array.from({ length: of }, (_, part): Share => ({ part, of }));
    if (!existsSync(path)) {
      const missing = shares.flatMap((share) => missingPart(path, share));
      if (missing.length > 0) return missing;
      for (const share of shares) checkPart(matrix, share);
      const file = await openEmbeddingFile(path, width, settings);
      await copyParts(matrix, shares, file).finally(file.close);
    }
    for (const share of shares) rmSync(partFolder(path, share).folder, { recursive: true, force: true });
    removeIfEmpty(partsOf(path));
    return [];
  });
}

/**
 * How many rows and inputs a whole matrix has.
 *
 * @throws where it was made with other settings
 */
export async function readMerged({ path, settings }: Matrix): Promise<{ rows: number; inputs: number }> {
  checkSettings(path, settings);
  const matrix = openNpyMatrix(path);
  matrix.close();
  const { inputs } = await measureJournal(listOf(path), matrix.rows);
  return { rows: matrix.rows, inputs };
}

function missingPart(path: string, share: Share): MissingPart[] {
  const { folder, rows } = partFolder(path, share);
  if (existsSync(rows)) return [];
  const part = describeShare(share);
  try {
    requireUnclaimed(folder);
    return [{ part, state: existsSync(folder) ? 'stopped' : 'notBegun' }];
  } catch (error) {
    if (error instanceof FolderClaimedError) return [{ part, state: 'atWork' }];
    throw error;
  }
}

function checkPart(matrix: Matrix, share: Share): void {
  checkSettings(partFolder(matrix.path, share).rows, partSettings(matrix, share));
}

/** An input with its row, if it has one. */
interface Line {
  key: string;
  error?: { message: string };
  values?: Float32Array;
}

async function copyParts(
  { path, width, batchSize }: Matrix,
  shares: readonly Share[],
  file: EmbeddingFile,
): Promise<void> {
  const lines = file.remaining(dealtBack(path, shares, batchSize), ({ key }) => key);
  for await (const inputs of inBatches(lines, batchSize)) {
    const rows = inputs.flatMap(({ values }) => (values ? [values] : []));
    const values = new Float32Array(rows.length * width);
    rows.forEach((row, i) => {
      values.set(row, i * width);
    });
    file.append({ inputs, embeddings: { values, rows: rows.length, width } });
  }
  file.finish();
}

/** The lines of all parts in the order of the inputs: a batch of each in turn, until one has no more. */
async function* dealtBack(path: string, shares: readonly Share[], batchSize: number): AsyncGenerator<Line> {
  const parts = shares.map((share) => inBatches(partLines(partFolder(path, share).rows), batchSize));
  try {
    for (let turn = 0; ; turn++) {
      const { value: lines } = await parts[turn % parts.length].next();
      if (!lines) return;
      yield* lines;
    }
  } finally {
    for (const part of parts) await part.return(undefined);
  }
}

async function* partLines(rows: string): AsyncGenerator<Line> {
  const matrix = openNpyMatrix(rows);
  try {
    for await (const { row, key, error } of journalLines(listOf(rows))) {
      if (row === null) yield { key, error: { message: String(error) } };
      else yield { key, values: matrix.read(row, 1) };
    }
  } finally {
    matrix.close();
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {} // another way to share it out is at work
}

const partsOf = (path: string) => `${stemOf(path)}.parts`;
const listOf = (path: string) => `${stemOf(path)}.jsonl`;
