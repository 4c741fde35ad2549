import { type Embeddings, forEachScoreRow, normaliseRows } from './embeddings';

/** Scores of queries with candidates, whoever makes them: made row by row, when asked for. */
export interface ScoreRows {
  /** How many queries there are. */
  queries: number;
  /** How many candidates, the length of each row of scores. */
  candidates: number;
  /**
   * Calls `visit(query, scores)` once for every query, in any order; `scores` is `[candidates]` and valid during the call
   * only.
   */
  forEach(visit: (query: number, scores: Float32Array) => void): void;
}

/** Cosines as scores; both sides are scaled to unit length here. Throws, when asked for, if their widths differ. */
export function cosineScores(queries: Embeddings, candidates: Embeddings): ScoreRows {
  return {
    queries: queries.rows,
    candidates: candidates.rows,
    forEach: (visit) => forEachScoreRow(normaliseRows(queries), normaliseRows(candidates), visit),
  };
}
