import {
  alipRetrievalTable,
  alipZeroShotTable,
  type Cell,
  DALIP_MEANS,
  dalipTable,
  loadPublished,
  type MeanColumns,
  type Section,
  type Table,
} from '../report';
import type { BenchmarkGroup } from './groups';
import { cellOf, footnotes, meanCell, measuredRows } from './measuredCells';
import type { EvaluationResults, Result } from './results';

const WHERE = 'clipbook on the published sets';

/** The tables of a paper with its published rows and, below them, what was measured. */
export function groupTables(group: BenchmarkGroup, results: EvaluationResults): Table[] {
  const { id } = group;
  if (id === 'dalip') {
    const table = dalipTable(loadPublished('dalip-table'), []);
    return [
      withRows(table, accuracyRows(group, DALIP_MEANS, results), results, zeroShotOf(results, group.columns)),
    ];
  }
  const accuracy = alipZeroShotTable(loadPublished('alip-zero-shot'), []);
  const retrieval = alipRetrievalTable(loadPublished('alip-retrieval'), []);
  const means = { Average: Object.keys(group.columns) };
  return [
    withRows(accuracy, accuracyRows(group, means, results), results, zeroShotOf(results, group.columns)),
    ...Object.entries(group.retrieval).reduce(
      (tables, [set, benchmark]) => tables.map((table) => withRetrieval(table, set, benchmark, results)),
      [retrieval],
    ),
  ];
}

function zeroShotOf({ results }: EvaluationResults, sets: Record<string, string>): Result[] {
  const ids = Object.values(sets);
  return results.filter(({ protocol, benchmark }) => protocol === 'zero-shot' && ids.includes(benchmark));
}

function withRows(table: Table, section: Section, results: EvaluationResults, own: readonly Result[]): Table {
  if (own.length === 0) return table;
  return {
    ...table,
    sections: [...table.sections, section],
    footnotes: [...table.footnotes, ...footnotes(results, own)],
  };
}

function accuracyRows(group: BenchmarkGroup, means: MeanColumns, results: EvaluationResults): Section {
  const own = zeroShotOf(results, group.columns);
  const columns = Object.keys(group.columns).map((id) => ({ id, title: id }));
  const section = measuredRows(results, WHERE, columns, (model, { id }) => {
    const found = own.find((one) => one.model === model && one.benchmark === group.columns[id]);
    return cellOf(found, group.meanPerClass.includes(id) ? 'meanPerClass' : 'top1');
  });
  const withMeans = (cells: Record<string, Cell>) => ({
    ...cells,
    ...Object.fromEntries(
      Object.entries(means).map(([id, parts]) => [id, meanCell(parts.map((part) => cells[part]))]),
    ),
  });
  return { ...section, rows: section.rows.map(({ label, cells }) => ({ label, cells: withMeans(cells) })) };
}

/** Each published set is a section; the measured rows of the same set come right behind it. */
function withRetrieval(table: Table, set: string, benchmark: string, results: EvaluationResults): Table {
  const own = zeroShotOf(results, { [set]: benchmark });
  if (own.length === 0) return table;
  const rows = measuredRows(results, set, table.columns, (model, { id }) =>
    cellOf(
      own.find((one) => one.model === model),
      id,
    ),
  );
  const sections = table.sections.flatMap((section) =>
    section.title.startsWith(`${set},`) ? [section, rows] : [section],
  );
  return { ...table, sections, footnotes: [...table.footnotes, ...footnotes(results, own)] };
}
