import he from 'he';
import Papa from 'papaparse';
import {
  type Column,
  columnGroups,
  filledColumns,
  formatCell,
  fullHeading,
  headingOf,
  isBest,
  type Row,
  type Section,
  type Table,
  titleOf,
} from './table';

/**
 * A table as CSV, one line for each cell, with columns `table, origin, section, source, row, column, group, value,
 * interval, unit`. A wide file would have to put published and measured numbers under one heading; here `column` is the section's
 * own ("ImageNet-1K mini").
 */
export function renderCsv(table: Table): string {
  const records = table.sections.flatMap((section) =>
    section.rows.flatMap((row) =>
      table.columns.map((column) => ({
        table: table.id,
        origin: section.origin,
        section: section.title,
        source: section.source,
        row: row.label,
        column: fullHeading(table, column, section),
        group: column.group ?? '',
        value: row.cells[column.id]?.value ?? '',
        interval: row.cells[column.id]?.interval ?? '',
        unit: table.unit,
      })),
    ),
  );
  return `${Papa.unparse(records, { newline: '\n' })}\n`;
}

/** A table as Markdown: one pipe table for each section, because the headings differ. */
export function renderMarkdown(table: Table): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const parts = table.sections.map((section) => {
    const columns = filledColumns(table, section);
    return [
      `**${titleOf(section)}** – ${section.source}`,
      '',
      line([table.labelTitle, ...columns.map((column) => fullHeading(table, column, section))]),
      line(['---', ...columns.map(() => '--:')]),
      ...section.rows.map((row) =>
        line([row.label, ...columns.map((column) => markdownCell(row, column, section))]),
      ),
    ].join('\n');
  });
  const notes = table.footnotes.map((note) => `- ${note}`).join('\n');
  return `${[`### ${table.title} (${table.unit})`, ...parts, notes].filter(Boolean).join('\n\n')}\n`;
}

function markdownCell(row: Row, column: Column, section: Section): string {
  const text = formatCell(row.cells[column.id], column);
  return isBest(row, column, section) ? `**${text}**` : text;
}

/**
 * A table as HTML: one `<table>` with a body for each section, classes `published` and `measured`. Styles are the
 * page's (see `reportStyle`); without any it is still a plain, readable table.
 */
export function renderHtml(table: Table): string {
  const columns = table.columns.length + 1;
  const grouped = table.columns.some((column) => column.group);
  const groups = columnGroups(table.columns)
    .map(
      ({ name, columns: own }) =>
        `<th class="group" colspan="${own.length}" scope="colgroup">${he.escape(name)}</th>`,
    )
    .join('');
  const notes = table.footnotes.map((note) => `<li>${he.escape(note)}</li>`).join('');
  return [
    `<div class="clipbook-table" id="table-${he.escape(table.id)}">`,
    `<table><caption>${he.escape(table.title)} <small>${he.escape(table.unit)}</small></caption>`,
    grouped ? `<thead><tr><td></td>${groups}</tr></thead>` : '',
    ...table.sections.map((section) => htmlSection(table, section, columns)),
    '</table>',
    notes ? `<ul class="notes">${notes}</ul>` : '',
    '</div>',
  ].join('\n');
}

function htmlSection(table: Table, section: Section, columns: number): string {
  const filled = new Set(filledColumns(table, section));
  const headings = table.columns
    .map((column) => (filled.has(column) ? headingOf(column, section) : ''))
    .map((heading) => `<th scope="col">${htmlHeading(heading)}</th>`)
    .join('');
  const rows = section.rows.map((row) => {
    const cells = table.columns.map(
      (column) =>
        `<td>${htmlCell(formatCell(row.cells[column.id], column), isBest(row, column, section))}</td>`,
    );
    return `<tr><th scope="row">${he.escape(row.label)}</th>${cells.join('')}</tr>`;
  });
  return [
    `<tbody class="${section.origin}">`,
    `<tr class="section"><th colspan="${columns}" scope="rowgroup"><span>${section.origin}</span>`,
    `${he.escape(section.title)}<small>${he.escape(section.source)}</small></th></tr>`,
    `<tr class="headings"><th scope="col">${he.escape(table.labelTitle)}</th>${headings}</tr>`,
    ...rows,
    '</tbody>',
  ].join('\n');
}

/** "mini" on a line of its own: the columns stay narrow, and the word is seen. */
function htmlHeading(text: string): string {
  return he.escape(text).replace(/ mini$/, '<br>mini');
}

function htmlCell(text: string, best: boolean): string {
  const [value, interval] = he.escape(text).split(' ± ');
  const shown = best ? `<strong>${value}</strong>` : value;
  return interval === undefined ? shown : `${shown} <small>± ${interval}</small>`;
}
