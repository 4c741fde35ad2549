import CliTable from 'cli-table3';
import {
  type Column,
  columnGroups,
  filledColumns,
  formatCell,
  fullHeading,
  type Section,
  type Table,
  titleOf,
} from './table';

/**
 * A table for a terminal. Every section is drawn on its own, with its own headings and without columns it has no
 * number for; where it is wider than `width` characters it is split between column groups, or inside a group that is too wide by itself.
 */
export function renderText(table: Table, { width = 120 } = {}): string {
  const lines = [...wrap(`${table.title} (${table.unit})`, width), ''];
  for (const section of table.sections) {
    lines.push(
      ...wrap(titleOf(section), width),
      ...wrap(section.source, width - 2).map((line) => `  ${line}`),
    );
    for (const columns of split(table, section, width)) lines.push(draw(table, section, columns));
    lines.push('');
  }
  table.footnotes.forEach((note) => {
    const [first = '', ...rest] = wrap(note, width - 2);
    lines.push(`* ${first}`, ...rest.map((line) => `  ${line}`));
  });
  return lines.join('\n');
}

function draw(table: Table, section: Section, columns: Column[]): string {
  const drawn = new CliTable({
    head: [table.labelTitle, ...columns.map((column) => fullHeading(table, column, section))],
    colWidths: [labelWidth(table), ...columns.map((column) => columnWidth(table, section, column))],
    colAligns: ['left', ...columns.map(() => 'right' as const)],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const row of section.rows) {
    drawn.push([row.label, ...columns.map((column) => formatCell(row.cells[column.id], column))]);
  }
  return drawn.toString();
}

/** Columns in as few parts as fit the width, groups kept whole where a group fits. */
function split(table: Table, section: Section, width: number): Column[][] {
  const room = width - labelWidth(table) - 2;
  const size = (columns: Column[]) =>
    columns.reduce((sum, column) => sum + columnWidth(table, section, column) + 1, 0);
  const units = columnGroups(filledColumns(table, section)).flatMap(({ columns }) =>
    size(columns) <= room ? [columns] : columns.map((column) => [column]),
  );
  const parts: Column[][] = [];
  for (const unit of units) {
    const last = parts.at(-1);
    if (last && size([...last, ...unit]) <= room) last.push(...unit);
    else parts.push([...unit]);
  }
  return parts;
}

function labelWidth(table: Table): number {
  const labels = table.sections.flatMap((section) => section.rows.map((row) => row.label.length));
  return Math.min(36, Math.max(table.labelTitle.length, ...labels) + 2);
}

function columnWidth(table: Table, section: Section, column: Column): number {
  const words = fullHeading(table, column, section).split(' ');
  const cells = section.rows.map((row) => formatCell(row.cells[column.id], column));
  return Math.max(...[...words, ...cells].map((text) => text.length)) + 2;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
