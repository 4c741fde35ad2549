import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { writeFileAtomically } from '../files';
import { type NpyMatrix, openNpyMatrix } from '../files/npyMatrix';
import { stemOf } from './embeddingFile';
import { EmbeddingInterruptedError } from './embeddingJob';
import { createGraph, GRAPH } from './neighbourGraph';

/** A graph over some rows of a matrix. */
export interface IndexPart {
  file: string;
  /** The first of its rows in the matrix; they are the graph's keys. */
  from: number;
  rows: number;
}

export interface IndexOptions {
  /** Rows of a part; memory holds one part's graph while it is built. Default 2^18: about 300 MB at 512 numbers a row. */
  partRows?: number;
  /** Asks the work to stop; parts that are done are kept. */
  signal?: AbortSignal;
  /** Called with the rows that are indexed so far, and all. */
  onProgress?: (rows: number, total: number) => void;
}

/** What a part was made of. */
interface PartProof {
  rows: number;
  sha256: string;
}

/** `parts.json`: how the parts were made, of which matrix, and of which rows each. */
interface IndexList {
  graph: typeof GRAPH & { partRows: number };
  /** The matrix when it was looked at last; untouched since, it is not read again. */
  matrix: { bytes: number; mtimeMs: number };
  parts: PartProof[];
}

const PART_ROWS = 2 ** 18;
/** Rows added between two looks at the signal. */
const BATCH = 1024;
/** Rows read at a time. */
const BLOCK = 8 * BATCH;

/**
 * Builds the index of neighbours of `F.npy`, or what of it is missing or stale: graphs over consecutive parts of its rows, in
 * the folder `F.usearch`. A part is known by the SHA-256 of its rows, so that a matrix that grew gets a new last part, and one
 * that was made anew gets new parts. Ended at any point, the next call goes on behind the last part that is whole.
 *
 * @throws EmbeddingInterruptedError where the signal asks for it; as `openNpyMatrix` and `createGraph` do
 */
export async function completeIndex(path: string, options: IndexOptions = {}): Promise<IndexPart[]> {
  const { partRows = PART_ROWS, signal, onProgress } = options;
  const folder = `${stemOf(path)}.usearch`;
  const { size: bytes, mtimeMs } = statSync(path);
  const wanted: IndexList = { graph: { ...GRAPH, partRows }, matrix: { bytes, mtimeMs }, parts: [] };
  const before = readList(folder, wanted);
  const matrix = openNpyMatrix(path);
  try {
    const places = placesOf(folder, matrix.rows, partRows);
    if (isUntouched(before, wanted) && before.parts.length === places.length && places.every(isThere)) {
      return places;
    }
    mkdirSync(folder, { recursive: true });
    for (const [number, place] of places.entries()) {
      const proof = { rows: place.rows, sha256: await hashRows(matrix, place, signal) };
      if (!isDeepStrictEqual(before.parts[number], proof) || !isThere(place)) {
        await buildPart(matrix, place, { signal, onProgress });
      }
      wanted.parts.push(proof);
      writeList(folder, wanted, before.parts.slice(number + 1));
      onProgress?.(place.from + place.rows, matrix.rows);
    }
    writeList(folder, wanted);
    removeOthers(folder, places);
    return places;
  } finally {
    matrix.close();
  }
}

function placesOf(folder: string, rows: number, partRows: number): IndexPart[] {
  return Array.from({ length: Math.ceil(rows / partRows) }, (_, number) => {
    const from = number * partRows;
    const file = join(folder, `${String(number).padStart(5, '0')}.usearch`);
    return { file, from, rows: Math.min(partRows, rows - from) };
  });
}

const isThere = ({ file }: IndexPart) => existsSync(file);

const isUntouched = (before: IndexList, { matrix }: IndexList) => isDeepStrictEqual(before.matrix, matrix);

async function hashRows(
  matrix: NpyMatrix,
  { from, rows }: IndexPart,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createHash('sha256');
  for (let done = 0; done < rows; done += BLOCK) {
    hash.update(new Uint8Array(matrix.read(from + done, Math.min(BLOCK, rows - done)).buffer));
    await breathe(signal);
  }
  return hash.digest('hex');
}

async function buildPart(
  matrix: NpyMatrix,
  { file, from, rows }: IndexPart,
  { signal, onProgress }: IndexOptions,
): Promise<void> {
  const graph = createGraph(matrix.width);
  for (let done = 0; done < rows; done += BATCH) {
    const count = Math.min(BATCH, rows - done);
    const keys = BigUint64Array.from({ length: count }, (_, i) => BigInt(from + done + i));
    graph.add(keys, matrix.read(from + done, count));
    onProgress?.(from + done + count, matrix.rows);
    await breathe(signal);
  }
  const temporary = `${file}.${process.pid}.tmp`;
  graph.save(temporary);
  renameSync(temporary, file);
  graph.view(file); // Frees what was built: usearch has no other way, and the garbage collector does not see it.
}

/** Lets the process hear of a signal. */
async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  if (signal?.aborted)
    throw new EmbeddingInterruptedError('Stopped while indexing; parts that are done stay.');
}

/** The list that is there, empty where it is another way's or none. */
function readList(folder: string, wanted: IndexList): IndexList {
  const file = join(folder, LIST);
  const found: IndexList | undefined = existsSync(file) && JSON.parse(readFileSync(file, 'utf8'));
  const isSame = found && isDeepStrictEqual(found.graph, wanted.graph);
  return isSame ? found : { ...wanted, parts: [] };
}

/** @param unchecked parts behind the whole ones that an earlier call made; with them the matrix does not count as looked at */
function writeList(folder: string, list: IndexList, unchecked?: readonly PartProof[]): void {
  const matrix = unchecked ? { bytes: 0, mtimeMs: 0 } : list.matrix;
  const parts = [...list.parts, ...(unchecked ?? [])];
  writeFileAtomically(join(folder, LIST), [`${JSON.stringify({ ...list, matrix, parts }, null, 2)}\n`]);
}

const LIST = 'parts.json';

function removeOthers(folder: string, places: readonly IndexPart[]): void {
  const kept = new Set(places.map(({ file }) => file));
  for (const name of readdirSync(folder)) {
    if (name !== LIST && !kept.has(join(folder, name))) rmSync(join(folder, name));
  }
}
