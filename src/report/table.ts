/**
 * A table that holds published and measured rows without mixing them.
 *
 * Rows come in sections, and every section states its origin and names its own columns: the place under "ImageNet-1K" is
 * headed "ImageNet-1K mini" in a measured section. So a mini result stands beside the published number it mirrors, but
 * never under its name.
 */
export interface Table {
  /** Short and stable, for file names: `dalip`. */
  id: string;
  title: string;
  /** The heading of the row labels, e.g. `Model`. */
  labelTitle: string;
  /** What the numbers are, e.g. `top-1 accuracy, %`. */
  unit: string;
  columns: Column[];
  sections: Section[];
  footnotes: string[];
}

export interface Column {
  id: string;
  title: string;
  /** Neighbouring columns of one group stay together and share a heading. */
  group?: string;
  /** Digits after the point; default 1. */
  digits?: number;
  /** Which values are better; where it is stated, the best one of each section is bold. */
  better?: 'higher' | 'lower';
}

export interface Section {
  /** `computed`: worked out from given numbers, as in an example by hand. */
  origin: 'published' | 'measured' | 'computed';
  /** What the rows share, e.g. `ViT-B/16 on PlantMix-13M`; the origin is put before it. */
  title: string;
  /** Where the rows come from: a paper's table, or a run's profile, data, seeds and machine. */
  source: string;
  /** Column id → heading in this section, where it is not the column's title. */
  headings?: Record<string, string>;
  rows: Row[];
}

export interface Row {
  label: string;
  /** Column id → cell; a missing one is shown as a dash. */
  cells: Record<string, Cell>;
}

export interface Cell {
  /** In the table's unit; null where there is none. */
  value: number | null;
  /** Half the width of the interval around the value, same unit. */
  interval?: number;
  /** What is shown in place of the value, e.g. `+2.4`; files that are computed with hold the value. */
  text?: string;
}

/** A cell as text: `49.2`, `49.2 ± 1.3`, or a dash. */
export function formatCell(cell: Cell | undefined, column: Column): string {
  if (cell?.text !== undefined) return cell.text;
  if (!cell || cell.value === null) return '–';
  const digits = column.digits ?? 1;
  const value = cell.value.toFixed(digits);
  return cell.interval === undefined ? value : `${value} ± ${cell.interval.toFixed(digits)}`;
}

/** Whether no row of the section has a better value in this column; one row alone is not the best of anything. */
export function isBest(row: Row, column: Column, section: Section): boolean {
  const value = row.cells[column.id]?.value ?? null;
  const values = section.rows.flatMap(({ cells }) => cells[column.id]?.value ?? []);
  if (!column.better || value === null || values.length < 2) return false;
  return value === (column.better === 'higher' ? Math.max(...values) : Math.min(...values));
}

/** A section's title with its origin in front: `Published · ViT-B/16 on PlantMix-13M`. */
export function titleOf(section: Section): string {
  const names = { published: 'Published', measured: 'Measured', computed: 'Computed' };
  return `${names[section.origin]} · ${section.title}`;
}

/** A column's heading in a section. */
export function headingOf(column: Column, section: Section): string {
  return section.headings?.[column.id] ?? column.title;
}

/** A column's heading where groups are not drawn: with the group's name in front if two columns share a heading. */
export function fullHeading(table: Table, column: Column, section: Section): string {
  const heading = headingOf(column, section);
  const shared = table.columns.filter((other) => headingOf(other, section) === heading).length > 1;
  return shared && column.group ? `${column.group} ${heading}` : heading;
}

/** The columns in which a section has anything, a number or a text. */
export function filledColumns(table: Table, section: Section): Column[] {
  return table.columns.filter(({ id }) =>
    section.rows.some(({ cells }) => (cells[id]?.value ?? cells[id]?.text ?? null) !== null),
  );
}

/** Neighbouring columns with the same group, in order. */
export function columnGroups(columns: readonly Column[]): { name: string; columns: Column[] }[] {
  const groups: { name: string; columns: Column[] }[] = [];
  for (const column of columns) {
    const name = column.group ?? '';
    const last = groups.at(-1);
    if (last && last.name === name) last.columns.push(column);
    else groups.push({ name, columns: [column] });
  }
  return groups;
}
