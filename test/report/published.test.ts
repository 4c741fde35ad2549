import assert from 'node:assert/strict';
import { ALIP_COLUMNS } from '../../src/report/alipTables';
import { DALIP_MEANS } from '../../src/report/dalipTable';
import { loadPublished, type PublishedRow } from '../../src/report/published';

function meanOf(row: PublishedRow, columns: readonly string[]): number {
  return columns.reduce((sum, column) => sum + row.values[column]!, 0) / columns.length;
}

describe('published tables', () => {
  it('print the means of their own columns, up to rounding', () => {
    for (const row of loadPublished('dalip-table')) {
      for (const [id, parts] of Object.entries(DALIP_MEANS)) {
        assert.ok(Math.abs(row.values[id]! - meanOf(row, parts)) < 0.11, `${row.method} ${id}`);
      }
    }
    for (const row of loadPublished('alip-zero-shot')) {
      assert.ok(Math.abs(row.values.Average! - meanOf(row, ALIP_COLUMNS)) < 0.11, row.method);
    }
  });

  it('hold every row once, with a source', () => {
    const counts = { 'dalip-table': 2, 'alip-retrieval': 12, 'alip-zero-shot': 8 } as const;
    for (const [name, count] of Object.entries(counts) as [keyof typeof counts, number][]) {
      const rows = loadPublished(name);
      assert.equal(rows.length, count);
      assert.equal(new Set(rows.map((row) => `${row.method} ${row.set}`)).size, count);
      for (const row of rows) assert.match(row.source, /arXiv \d{4}\.\d{5}/);
    }
  });

  it('have recalls that grow with k', () => {
    for (const { method, values } of loadPublished('alip-retrieval')) {
      for (const direction of ['imageToText', 'textToImage']) {
        const [one, five, ten] = [1, 5, 10].map((k) => values[`${direction}@${k}`]!);
        assert.ok(one < five && five < ten, `${method} ${direction}`);
      }
    }
  });
});
