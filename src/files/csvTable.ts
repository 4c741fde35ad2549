import Papa from 'papaparse';
import { shown } from './quoted';

/**
 * The rows of a CSV text whose first line names its columns, with the wanted columns only: such files may be long and wide.
 *
 * @param file how errors call it
 * @throws Error naming a column that is lacking
 */
export function parseCsvTable<Column extends string>(
  csv: string,
  columns: readonly Column[],
  file: string,
): Record<Column, string>[] {
  const rows: Record<Column, string>[] = [];
  let header: string[] = [];
  Papa.parse<Record<Column, string>>(csv.replace(/^\uFEFF/, ''), {
    header: true,
    skipEmptyLines: true,
    step: ({ data, meta }) => {
      header = meta.fields ?? [];
      const row = columns.map((column) => [column, data[column] ?? '']);
      rows.push(Object.fromEntries(row) as Record<Column, string>);
    },
  });
  const lacking = rows.length > 0 ? columns.find((column) => !header.includes(column)) : columns[0];
  if (lacking === undefined) return rows;
  throw new Error(
    `Expected a column "${lacking}" in ${file}, but got ${shown(header.join(', '), 200) || 'none'}; check the archive.`,
  );
}
