import type { Column, Row, Section, Table } from './table';

/** What is needed of a danfojs DataFrame: naming its own types would have every importer read all of danfojs. */
export interface Frame {
  columns: string[];
  /** Row by row. */
  values: unknown[];
}

/** How a data frame becomes a table. */
export interface FrameOptions extends Pick<Table, 'id' | 'title' | 'unit'> {
  /** The column that names the rows; default the first. */
  label?: string;
  /** Columns in which one direction is better: the best is then bold. */
  better?: Record<string, NonNullable<Column['better']>>;
  /** Columns that hold the half widths of other columns' intervals: `{ accuracy: 'accuracy_ci' }`. */
  intervals?: Record<string, string>;
  /** Digits behind the point; default 1. */
  digits?: number;
  /** Where the numbers come from; default measured. */
  origin?: Section['origin'];
  source?: string;
}

/**
 * A danfojs data frame as a table, for `showTable` and every format a table has. Numbers become cells, texts stay texts, what is
 * neither is left open.
 *
 * @throws where a column that is named is not there
 */
export function toTable(frame: Frame, options: FrameOptions): Table {
  const { id, title, unit, better = {}, intervals = {}, digits = 1 } = options;
  const { label = frame.columns[0], origin = 'measured', source = '' } = options;
  const placeOf = (name: string) => {
    const place = frame.columns.indexOf(name);
    if (place >= 0) return place;
    throw new Error(
      `Expected a column "${name}" among ${frame.columns.map((one) => `"${one}"`).join(', ')}.`,
    );
  };
  for (const name of [label, ...Object.keys(better), ...Object.entries(intervals).flat()]) placeOf(name);
  const widths = new Set(Object.values(intervals));
  const shown = frame.columns.filter((name) => name !== label && !widths.has(name));
  const rows = (frame.values as unknown[][]).map((values): Row => {
    const numberOf = (name: string) =>
      name in intervals ? Number(values[placeOf(intervals[name])]) : undefined;
    return {
      label: String(values[placeOf(label)]),
      cells: Object.fromEntries(shown.map((name) => [name, cellOf(values[placeOf(name)], numberOf(name))])),
    };
  });
  return {
    ...{ id, title, unit, labelTitle: label },
    columns: shown.map((name) => ({ id: name, title: name, digits, better: better[name] })),
    sections: [{ origin, title, source, rows }],
    footnotes: [],
  };
}

function cellOf(value: unknown, interval: number | undefined): Row['cells'][string] {
  if (typeof value === 'number' && Number.isFinite(value))
    return { value, ...(Number.isFinite(interval) && { interval }) };
  return typeof value === 'string' ? { value: null, text: value } : { value: null };
}

/**
 * A table as a danfojs data frame, a row for each row of every section: `origin`, `section`, the label, then a column for each of
 * the table's, and `<column> ±` where a section has intervals. Loads danfojs, which takes a second.
 */
export async function toDataFrame(table: Table): Promise<import('danfojs-node').DataFrame> {
  const { DataFrame } = require('danfojs-node') as typeof import('danfojs-node');
  const withInterval = table.columns.filter(({ id }) =>
    table.sections.some(({ rows }) => rows.some(({ cells }) => cells[id]?.interval !== undefined)),
  );
  const records = table.sections.flatMap(({ origin, title, rows }) =>
    rows.map(({ label, cells }) => [
      ...[origin, title, label],
      ...table.columns.map(({ id }) => cells[id]?.value ?? cells[id]?.text ?? Number.NaN),
      ...withInterval.map(({ id }) => cells[id]?.interval ?? Number.NaN),
    ]),
  );
  const names = table.columns.map(({ title, group }) => (group ? `${group} ${title}` : title));
  const widths = withInterval.map((column) => `${names[table.columns.indexOf(column)]} ±`);
  return new DataFrame(records, { columns: ['origin', 'section', table.labelTitle, ...names, ...widths] });
}
