import assert from 'node:assert/strict';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, startEngine } from '../../src/engine';
import { type Embeddings, normaliseRows, selectRows } from '../../src/evaluation';
import { writeNpy } from '../../src/files/npy';
import { completeIndex, type FoundRow, findRows, likelyRows, nearestRows } from '../../src/inference';
import { temporaryFolder } from '../data/fixtures';
import { assertClose } from '../golden/compare';

const WIDTH = 64;

describe('an index of neighbours', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'matrix.npy');
  const file = (number: number) => join(folder, 'matrix.usearch', `0000${number}.usearch`);
  const random = createRandom('neighbours');
  const normal = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  const centres = normal(200 * WIDTH);
  const shift = normal(WIDTH);

  /** Unit rows around 200 centres, as pictures of 200 kinds; moved by `away`, as texts lie apart from pictures. */
  function clustered(rows: number, away = 0): Embeddings {
    const values = normal(rows * WIDTH);
    for (let row = 0; row < rows; row++) {
      const centre = random.integer(200);
      for (let i = 0; i < WIDTH; i++) {
        values[row * WIDTH + i] =
          0.7 * values[row * WIDTH + i] + centres[centre * WIDTH + i] - away * shift[i];
      }
    }
    return normaliseRows({ values, rows, width: WIDTH });
  }

  const write = ({ values, rows }: Embeddings) => writeNpy(path, { shape: [rows, WIDTH], data: values });
  const first = ({ values }: Embeddings, rows: number): Embeddings => ({
    values: values.slice(0, rows * WIDTH),
    rows,
    width: WIDTH,
  });

  /** Share of the exact answer that was found, over all queries. */
  function recall(found: FoundRow[][], exact: FoundRow[][]): number {
    const hits = exact.map((rows, query) => {
      const known = new Set(found[query].map(({ row }) => row));
      return rows.filter(({ row }) => known.has(row)).length / rows.length;
    });
    return hits.reduce((sum, hit) => sum + hit, 0) / hits.length;
  }

  before(() => startEngine());
  beforeEach(() => rmSync(join(folder, 'matrix.usearch'), { recursive: true, force: true }));

  it('finds 95 of 100 nearest among 20,000 rows, in the order of true cosines', async () => {
    write(clustered(20_000));
    const parts = await completeIndex(path, { partRows: 15_000 });
    for (const away of [0, 1]) {
      const queries = clustered(100, away);
      const exact = nearestRows(path, queries, 10);
      const found = likelyRows(path, parts, queries, 10);
      const share = recall(found, exact);
      assert.ok(share >= 0.95, `recall is ${share} where queries are ${away} away`);
      const cosineOf = new Map(
        nearestRows(path, selectRows(queries, [7]), 20_000)[0].map(({ row, cosine }) => [row, cosine]),
      );
      assertClose(
        found[7].map(({ cosine }) => cosine),
        found[7].map(({ row }) => cosineOf.get(row)!),
        1e-6,
      );
      for (const rows of found) {
        assert.equal(rows.length, 10);
        for (let i = 1; i < 10; i++) assert.ok(rows[i - 1].cosine >= rows[i].cosine);
      }
    }
  });

  it('builds again what changed, and only that', async () => {
    const all = clustered(3000);
    const built = async () => {
      const seen: number[] = [];
      await completeIndex(path, { partRows: 1000, onProgress: (rows) => seen.push(rows) });
      return seen.length;
    };
    const times = () => [0, 1, 2].map((number) => statSync(file(number), { throwIfNoEntry: false })?.mtimeMs);
    write(first(all, 1500));
    assert.ok((await built()) > 0);
    const before = times();
    assert.equal(await built(), 0, 'an untouched matrix is not read again');

    write(all);
    await built();
    const grown = times();
    assert.equal(grown[0], before[0], 'the rows of the first part are the same');
    assert.ok(grown[1]! > before[1]! && grown[2]);

    all.values.set(clustered(1).values, 2000 * WIDTH);
    write(all);
    await built();
    assert.deepEqual(times().slice(0, 2), grown.slice(0, 2));
    assert.equal((await likelyRowsOf(selectRows(all, [2000])))[0].row, 2000);

    rmSync(file(1));
    await built();
    assert.ok(times()[1]! > grown[1]!, 'a missing part is made again');

    write(first(all, 900));
    await built();
    assert.deepEqual(readdirSync(join(folder, 'matrix.usearch')), ['00000.usearch', 'parts.json']);
  });

  async function likelyRowsOf(query: Embeddings): Promise<FoundRow[]> {
    return likelyRows(path, await completeIndex(path, { partRows: 1000 }), query, 1)[0];
  }

  it('stops when it is asked to, and goes on behind the parts that are whole', async () => {
    write(clustered(5000));
    const stop = new AbortController();
    const onProgress = (rows: number) => rows > 4000 && stop.abort();
    await assert.rejects(completeIndex(path, { partRows: 2000, signal: stop.signal, onProgress }), {
      name: 'RunInterruptedError',
      message: 'Stopped while indexing; parts that are done stay.',
    });
    const before = [0, 1].map((number) => statSync(file(number)).mtimeMs);
    assert.ok(!readdirSync(join(folder, 'matrix.usearch')).includes('00002.usearch'));
    assert.equal((await completeIndex(path, { partRows: 2000 })).length, 3);
    assert.deepEqual(
      [0, 1].map((number) => statSync(file(number)).mtimeMs),
      before,
    );
  });

  it('is used where it is asked for, and not for a small matrix', async () => {
    const rows = clustered(50);
    write(rows);
    const exact = await findRows(path, selectRows(rows, [3, 4]), 5);
    assert.throws(() => statSync(file(0)), /ENOENT/);
    const found = await findRows(path, selectRows(rows, [3, 4]), 5, { approximate: true });
    assert.deepEqual(
      found.map((answer) => answer.map(({ row }) => row)),
      exact.map((answer) => answer.map(({ row }) => row)),
    );
    assert.ok(statSync(file(0)).size > 0);
    const narrow = { values: new Float32Array(8), rows: 1, width: 8 };
    await assert.rejects(findRows(path, narrow, 5, { approximate: true }), /Expected queries 64 wide, got 8/);
  });
});
