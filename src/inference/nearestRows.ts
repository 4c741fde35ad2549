import { type Embeddings, forEachScoreRow } from '../evaluation';
import { linesOf } from '../files/lines';
import { npyBlocks } from '../files/npyBlocks';
import { stemOf } from './embeddingFile';
import type { JournalLine } from './journal';

/** A row of a matrix on the disk, found for a query. */
export interface FoundRow {
  row: number;
  cosine: number;
}

/**
 * The `count` rows of `F.npy` most similar to each query, the most similar first; every row is compared. The matrix is read
 * once from the disk, block by block, and is never in memory as a whole.
 *
 * @param queries unit rows of the matrix's width
 * @returns `[queries][count]`, fewer where there are fewer rows
 */
export function nearestRows(path: string, queries: Embeddings, count: number): FoundRow[][] {
  const best: FoundRow[][] = Array.from({ length: queries.rows }, () => []);
  for (const { from, values, width } of npyBlocks(path)) {
    const block = { values, rows: values.length / width, width };
    forEachScoreRow(queries, block, (query, cosines) => {
      best[query] = merged(best[query], cosines, from, count);
    });
  }
  return best;
}

/** The best of those found before and of a block. */
function merged(before: FoundRow[], cosines: Float32Array, from: number, count: number): FoundRow[] {
  const least = before.length < count ? Number.NEGATIVE_INFINITY : before[count - 1].cosine;
  const found = [...before];
  cosines.forEach((cosine, place) => {
    if (cosine > least) found.push({ row: from + place, cosine });
  });
  return found.sort((a, b) => b.cosine - a.cosine).slice(0, count);
}

/** The keys of some rows of `F.npy`, from `F.jsonl` beside it. */
export async function keysOfRows(path: string, rows: Iterable<number>): Promise<Map<number, string>> {
  const wanted = new Set(rows);
  const keys = new Map<number, string>();
  for await (const line of linesOf(`${stemOf(path)}.jsonl`)) {
    const { row, key }: JournalLine = JSON.parse(line);
    if (row !== null && wanted.has(row)) keys.set(row, key);
    if (keys.size === wanted.size) break;
  }
  return keys;
}
