import { forEachScoreRow, normaliseRows } from './embeddings';
import { type EncodedRows, rowsFor, type VectorScoring } from './encode';

/** A candidate found for a query. */
export interface Neighbour {
  /** Its row among the candidates. */
  index: number;
  /** The cosine with the query; under `both` the mean of the two orders' cosines. */
  cosine: number;
}

/**
 * The k candidates most similar to each query, the most similar first. Candidates of equal cosine keep their order.
 *
 * @param input.self for each query, its own row among the candidates, which is left out
 * @returns `[queries][k]`, fewer where there are fewer candidates
 * @throws when the two sides differ in width, `self` has not one row for each query, k is no whole number above zero, or
 * the second order is asked for and absent
 */
export function nearestNeighbours(input: {
  queries: EncodedRows;
  candidates: EncodedRows;
  scoring: VectorScoring;
  k: number;
  self?: readonly number[];
}): Neighbour[][] {
  const { queries, candidates, scoring, k, self } = input;
  if (!Number.isInteger(k) || k < 1) throw new Error(`Expected k to be a whole number above zero, got ${k}.`);
  if (self && self.length !== queries.first.rows) {
    throw new Error(`Expected the own row of each of ${queries.first.rows} queries, got ${self.length}.`);
  }
  const unit = (rows: EncodedRows) => normaliseRows(rowsFor(scoring, rows));
  const found: Neighbour[][] = [];
  forEachScoreRow(unit(queries), unit(candidates), (query, cosines) => {
    found.push(highest(cosines, k, self?.[query]));
  });
  return found;
}

function highest(cosines: Float32Array, k: number, leftOut?: number): Neighbour[] {
  return Array.from(cosines, (cosine, index) => ({ index, cosine }))
    .filter(({ index }) => index !== leftOut)
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, k);
}
