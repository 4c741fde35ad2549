import assert from 'node:assert/strict';
import { createRandom, startEngine } from '../../src/engine';
import { type Embeddings, type EncodedRows, toEmbeddings, type VectorScoring } from '../../src/evaluation';
import { nearestNeighbours } from '../../src/evaluation/neighbours';

const random = createRandom('neighbours');
const rows = (count: number, width: number) =>
  toEmbeddings(
    Array.from({ length: count * width }, () => random.uniform() - 0.5),
    width,
  );
const candidates: EncodedRows = { first: rows(40, 6), second: rows(40, 5) };
const queries: EncodedRows = { first: rows(7, 6), second: rows(7, 5) };

const rowOf = ({ values, width }: Embeddings, i: number) => [...values.subarray(i * width, (i + 1) * width)];
const cosine = (a: number[], b: number[]) =>
  a.reduce((sum, value, i) => sum + value * b[i], 0) / Math.hypot(...a) / Math.hypot(...b);
const cosinesOf = (order: 'first' | 'second', query: number, candidate: number) =>
  cosine(rowOf(queries[order]!, query), rowOf(candidates[order]!, candidate));
const bruteForce: Record<VectorScoring, (query: number, candidate: number) => number> = {
  first: (query, candidate) => cosinesOf('first', query, candidate),
  second: (query, candidate) => cosinesOf('second', query, candidate),
  both: (query, candidate) =>
    (cosinesOf('first', query, candidate) + cosinesOf('second', query, candidate)) / 2,
};

describe('nearest neighbours', () => {
  before(async () => {
    await startEngine();
  });

  for (const scoring of ['first', 'second', 'both'] as const) {
    it(`match a search by hand under ${scoring}`, () => {
      const found = nearestNeighbours({ queries, candidates, scoring, k: 4 });
      found.forEach((own, query) => {
        const expected = Array.from({ length: 40 }, (_, index) => ({
          index,
          cosine: bruteForce[scoring](query, index),
        }))
          .sort((a, b) => b.cosine - a.cosine)
          .slice(0, 4);
        assert.deepEqual(
          own.map(({ index }) => index),
          expected.map(({ index }) => index),
        );
        own.forEach((neighbour, i) => {
          assert.ok(Math.abs(neighbour.cosine - expected[i].cosine) < 1e-5);
        });
      });
      assert.equal(found.length, 7);
    });
  }

  it('leave a query out of its own', () => {
    const among = { queries: candidates, candidates, scoring: 'both' as const, k: 3 };
    const all = nearestNeighbours(among);
    const others = nearestNeighbours({ ...among, self: [...all.keys()] });
    all.forEach(([first, ...rest], query) => {
      assert.equal(first.index, query);
      assert.deepEqual(others[query].slice(0, 2), rest);
    });
  });

  it('are as many as there are', () => {
    const found = nearestNeighbours({ queries, candidates, scoring: 'first', k: 100 });
    assert.equal(found[0].length, 40);
  });

  it('refuse what does not fit', () => {
    const good = { queries, candidates, scoring: 'first' as const, k: 1 };
    assert.throws(() => nearestNeighbours({ ...good, k: 0 }), /k to be a whole number above zero, got 0/);
    assert.throws(() => nearestNeighbours({ ...good, self: [1] }), /each of 7 queries, got 1/);
    assert.throws(
      () => nearestNeighbours({ ...good, scoring: 'second', queries: { first: queries.first } }),
      /needs a model with second-order heads/,
    );
  });
});
