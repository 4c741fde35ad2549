import assert from 'node:assert/strict';
import {
  BENCHMARK_GROUPS,
  type EvaluationResults,
  evaluationTables,
  expandGroups,
} from '../../src/benchmarking';
import { BENCHMARKS, benchmarkOf } from '../../src/benchmarks';
import { headingOf, type Table } from '../../src/report';

function metricsOf(benchmark: string, model: number, place: number): Record<string, number> {
  return benchmarkOf(benchmark).task === 'retrieval'
    ? { 'imageToText@1': 0.5, 'textToImage@10': 0.25 + model / 10 }
    : { top1: (10 * model + place) / 100, meanPerClass: 0.9 };
}

/** Results of every set of a group by two models, as if measured. */
function resultsOf(asked: string[], leave: readonly string[] = []): EvaluationResults {
  const ids = expandGroups(asked).filter((id) => !leave.includes(id));
  const labels = ['ours', 'theirs'];
  return {
    clipbook: { version: '0.1.0' },
    date: '2025-01-02T03:04:05.678Z',
    machine: '2 cores',
    asked,
    models: labels.map((label) => ({
      label,
      source: label,
      weights: { file: label, bytes: 1, checksum: label },
      config: '',
      preparation: {},
      precision: 'f32',
      logitScale: 100,
    })),
    benchmarks: ids.map((id) => {
      const { title, task } = benchmarkOf(id);
      return { id, title, task, metric: task === 'retrieval' ? 'recall' : 'top1' };
    }),
    results: labels.flatMap((model, m) =>
      ids.map((benchmark, place) => ({
        model,
        benchmark,
        protocol: 'zero-shot' as const,
        split: 'test',
        count: 1000,
        metrics: metricsOf(benchmark, m, place),
        splits: [],
        settings: {},
        ...(benchmark === 'sun397' && m === 1 && { partial: 'test: 900 of 1,000 pictures' }),
      })),
    ),
    lists: {},
    missing: [],
  };
}

function measured(table: Table): Record<string, string | number | null>[] {
  const [section] = table.sections.filter(({ origin }) => origin === 'measured');
  return section.rows.map(({ cells }) =>
    Object.fromEntries(
      Object.entries(cells).map(([id, { value, text }]) => [id, text ?? (value && Number(value.toFixed(6)))]),
    ),
  );
}

describe('groups of benchmarks', () => {
  it('name sets that there are', () => {
    const known = BENCHMARKS.map(({ id }) => id);
    for (const id of expandGroups(['dalip', 'alip'])) assert.ok(known.includes(id), id);
    assert.equal(expandGroups(['dalip']).length, 10);
    assert.equal(expandGroups(['alip', 'cifar10']).length, 13);
    assert.deepEqual(Object.entries(BENCHMARK_GROUPS[0].columns).slice(4, 6), [
      ['SUN397', 'sun397'],
      ['PlantNet', 'meta_album_plt_net_mini'],
    ]);
  });
});

describe('tables of an evaluation', () => {
  it('have DALIP’s columns in its order, published rows apart, and its three means', () => {
    const [table, ...others] = evaluationTables(resultsOf(['dalip']));
    assert.deepEqual(others, []);
    assert.deepEqual(
      table.sections.map(({ origin }) => origin),
      ['published', 'measured'],
    );
    const [ours, theirs] = measured(table);
    assert.deepEqual(
      table.columns.map((column) => headingOf(column, table.sections[1])),
      table.columns.map(({ title }) => title),
    );
    assert.deepEqual([ours['ImageNet-1K'], ours.PlantNet, ours.PlantDoc], [0, 5, 9]);
    assert.deepEqual([ours.General, ours.Plant, ours.Mean], [2, 7, 4.5]);
    assert.deepEqual([theirs.SUN397, theirs.General], ['14.0 partial', '12.0 partial']);
    assert.deepEqual([theirs.Plant, theirs.Mean], [17, '14.5 partial']);
    assert.ok(table.footnotes.some((note) => note.includes('sun397, test: 900 of 1,000 pictures')));
  });

  it('leave a mean open where one of its columns is', () => {
    const [ours] = measured(evaluationTables(resultsOf(['dalip'], ['pets']))[0]);
    assert.deepEqual([ours.Pets, ours.General, ours.Plant, ours.Mean], [null, null, 6, null]);
  });

  it('have ALIP’s means per class where it has them, and each retrieval set behind the published one', () => {
    const [accuracy, retrieval] = evaluationTables(resultsOf(['alip']));
    const [ours] = measured(accuracy);
    assert.deepEqual([ours['CIFAR-10'], ours.Pets, ours['Flowers-102'], ours.Aircraft], [0, 90, 90, 90]);
    assert.ok(Math.abs((ours.Average as number) - (4 * 90 + 0 + 1 + 2 + 5 + 6 + 7 + 10) / 11) < 1e-6);
    assert.deepEqual(
      retrieval.sections.map(({ origin, title }) => [origin, title.split(',')[0]]),
      [
        ['published', 'Flickr30k'],
        ['measured', 'Flickr30k'],
        ['published', 'MSCOCO'],
        ['measured', 'MSCOCO'],
      ],
    );
    assert.equal(measured(retrieval)[1]['textToImage@10'], 35);
  });

  it('show sets beside a group in tables of their own', () => {
    const tables = evaluationTables(resultsOf(['alip', 'flower_photos']));
    assert.deepEqual(
      tables.map(({ id }) => id),
      ['alip-zero-shot', 'alip-retrieval', 'zero-shot'],
    );
    assert.deepEqual(
      tables[2].columns.map(({ title, group }) => [group, title]),
      [
        ['Flower photographs', 'top-1'],
        ['Flower photographs', 'mean per class'],
      ],
    );
  });
});
