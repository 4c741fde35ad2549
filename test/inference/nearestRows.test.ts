import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, startEngine } from '../../src/engine';
import { cosines, type Embeddings, normaliseRows } from '../../src/evaluation';
import { writeNpy } from '../../src/files/npy';
import { npyBlocks } from '../../src/files/npyBlocks';
import { keysOfRows, nearestRows } from '../../src/inference';
import { temporaryFolder } from '../data/fixtures';
import { assertClose } from '../golden/compare';

describe('nearestRows', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'matrix.npy');
  const random = createRandom('rows');
  const drawn = (rows: number, width: number): Embeddings =>
    normaliseRows({
      values: Float32Array.from({ length: rows * width }, () => random.normal()),
      rows,
      width,
    });

  before(() => startEngine());

  it('finds what comparing everything finds, over several blocks of the file', () => {
    const [rows, queries] = [drawn(9000, 512), drawn(3, 512)];
    writeNpy(path, { shape: [rows.rows, rows.width], data: rows.values });
    assert.equal([...npyBlocks(path)].length, 2);
    const found = nearestRows(path, queries, 7);
    cosines(queries, rows).forEach((all, query) => {
      const expected = all
        .map((cosine, row) => ({ row, cosine }))
        .sort((a, b) => b.cosine - a.cosine)
        .slice(0, 7);
      assert.deepEqual(
        found[query].map(({ row }) => row),
        expected.map(({ row }) => row),
      );
      assertClose(
        found[query].map(({ cosine }) => cosine),
        expected.map(({ cosine }) => cosine),
        1e-6,
      );
    });
  });

  it('gives what there is where fewer rows are there, and refuses another width', () => {
    const rows = drawn(2, 4);
    writeNpy(path, { shape: [2, 4], data: rows.values });
    const [found] = nearestRows(path, { values: rows.values.slice(4), rows: 1, width: 4 }, 10);
    assert.deepEqual(
      found.map(({ row }) => row),
      [1, 0],
    );
    assertClose([found[0].cosine], [1], 1e-6);
    assert.throws(() => nearestRows(path, drawn(1, 8), 1), /Expected embeddings of one width, got 8 and 4/);
  });

  it('refuses what is no matrix', () => {
    writeNpy(path, { shape: [8], data: new Float32Array(8) });
    assert.throws(() => [...npyBlocks(path)], /Expected a whole matrix in ".*", got shape \[8\]/);
  });

  it('knows the keys of rows behind inputs without one', async () => {
    const lines = [
      { row: 0, key: 'a' },
      { row: null, key: 'b', error: 'damaged' },
      { row: 1, key: 'c' },
    ];
    writeFileSync(join(folder, 'matrix.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    assert.deepEqual(
      await keysOfRows(path, [1, 0, 1]),
      new Map([
        [0, 'a'],
        [1, 'c'],
      ]),
    );
  });
});
