import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BENCHMARKS } from '../../src/benchmarks';
import { projectRoot } from '../../src/data';

const METRICS = { top1: 'top-1', meanPerClass: 'per class' };

describe('the datasheet of the benchmarks', () => {
  const sheet = readFileSync(join(projectRoot(), 'data', 'benchmarks', 'README.md'), 'utf8');
  const rows = sheet.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));

  for (const benchmark of BENCHMARKS) {
    it(`has a row of ${benchmark.id} with its numbers`, () => {
      const row = rows.find(([, id]) => id === `\`${benchmark.id}\``);
      assert.ok(row, `Expected a row of ${benchmark.id} in data/benchmarks/README.md; add it.`);
      const tested = benchmark.splits[benchmark.tested] ?? 'not published';
      const [count, metric] =
        benchmark.task === 'retrieval'
          ? [benchmark.captions, 'R@1, 5, 10']
          : [benchmark.classes, METRICS[benchmark.metric]];
      assert.deepEqual(row.slice(3, 6), [String(count), String(tested), metric]);
    });

    it(`says of ${benchmark.id} whether files are placed by hand`, () => {
      const [, , , , , , licence] = rows.find(([, id]) => id === `\`${benchmark.id}\``) ?? [];
      const byHand = benchmark.files.some(({ address }) => !address);
      assert.equal(/by hand$/.test(licence), byHand);
    });
  }
});
