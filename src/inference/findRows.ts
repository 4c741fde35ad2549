import type { Embeddings } from '../evaluation';
import { openNpyMatrix } from '../files/npyMatrix';
import { likelyRows } from './likelyRows';
import { type FoundRow, nearestRows } from './nearestRows';
import { completeIndex, type IndexOptions } from './neighbourIndex';

/** Rows up to which a search compares every one; at 512 numbers a row so many are 2 GB. */
export const EXACT_ROWS = 1_000_000;

export interface FindOptions extends IndexOptions {
  /** Search by the index of neighbours, which is made first where it is missing or stale. Default: above `EXACT_ROWS` rows. */
  approximate?: boolean;
}

/**
 * The `count` rows of `F.npy` most similar to each query, the most similar first: exactly in small matrices, nearly in large
 * ones, see `nearestRows` and `likelyRows`.
 *
 * @throws as `completeIndex` does
 */
export async function findRows(
  path: string,
  queries: Embeddings,
  count: number,
  { approximate = rowsIn(path) > EXACT_ROWS, ...options }: FindOptions = {},
): Promise<FoundRow[][]> {
  if (!approximate) return nearestRows(path, queries, count);
  return likelyRows(path, await completeIndex(path, options), queries, count);
}

function rowsIn(path: string): number {
  const matrix = openNpyMatrix(path);
  matrix.close();
  return matrix.rows;
}
