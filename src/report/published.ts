import { readFileSync } from 'node:fs';
import path from 'node:path';
import Papa from 'papaparse';
import type { Section } from './table';

/** The tables in `data/published/`, one CSV file each. */
export type PublishedName = 'dalip-table' | 'alip-retrieval' | 'alip-zero-shot';

/** One row as its paper prints it. */
export interface PublishedRow {
  method: string;
  architecture: string;
  /** What it was trained on. */
  data: string;
  /** The evaluation set, where the table has several. */
  set?: string;
  /** Column → per cent; null where the source prints a dash. */
  values: Record<string, number | null>;
  /** Where the numbers are printed, e.g. an arXiv id and table. */
  source: string;
}

const DESCRIBING = new Set(['method', 'architecture', 'data', 'set', 'source']);

/**
 * Reads a published table.
 *
 * @throws when a row names no source or holds something that is neither a number nor empty.
 */
export function loadPublished(name: PublishedName): PublishedRow[] {
  const file = path.join(__dirname, '..', '..', 'data', 'published', `${name}.csv`);
  const { data } = Papa.parse<Record<string, string>>(readFileSync(file, 'utf8'), {
    header: true,
    skipEmptyLines: true,
  });
  return data.map((record) => {
    const { method, architecture, data: trainedOn, set, source } = record;
    if (!source)
      throw new Error(`Expected a source for every row of ${name}.csv, "${method}" has none: add it.`);
    const columns = Object.keys(record).filter((column) => !DESCRIBING.has(column));
    const values = Object.fromEntries(
      columns.map((column) => [column, percent(record[column], name, column)]),
    );
    return { method, architecture, data: trainedOn, ...(set ? { set } : {}), values, source };
  });
}

function percent(text: string, table: string, column: string): number | null {
  if (text === '') return null;
  const value = Number(text);
  if (!Number.isFinite(value)) {
    throw new Error(
      `Expected a number in column ${column} of ${table}.csv, got "${text}": correct the file.`,
    );
  }
  return value;
}

/** One section for each evaluation set, titled with the set, the architecture and the training data. */
export function publishedSections(rows: readonly PublishedRow[]): Section[] {
  const sets = [...new Set(rows.map((row) => row.set))];
  return sets.map((set) => {
    const own = rows.filter((row) => row.set === set);
    const settings = [...new Set(own.map((row) => `${row.architecture} on ${row.data}`))].join(', ');
    const sources = [...new Set(own.map((row) => row.source))].join('; ');
    return {
      origin: 'published',
      title: set ? `${set}, ${settings}` : settings,
      source: sources,
      rows: own.map(({ method, values }) => ({
        label: method,
        cells: Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { value }])),
      })),
    };
  });
}
