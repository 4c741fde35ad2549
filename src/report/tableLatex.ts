import {
  type Column,
  columnGroups,
  filledColumns,
  formatCell,
  headingOf,
  isBest,
  type Row,
  type Section,
  type Table,
  titleOf,
} from './table';

/**
 * A table as LaTeX for a paper, with the rules of the package `booktabs`: one `tabular`, where every section stands below its
 * own rule with its origin, its source and the headings of what it has numbers of, so that published and measured rows are not taken for each other.
 * Within a section the best value of each column that says which is `better` is bold, ties all of them.
 */
export function renderLatex(table: Table): string {
  const grouped = table.columns.some((column) => column.group);
  const sections = table.sections.map((section) => latexSection(table, section));
  const notes = table.footnotes.map((note) => `\n\\par\\footnotesize ${escapeLatex(note)}`);
  return `% needs \\usepackage{booktabs}
\\begin{table}
\\centering
\\caption{${escapeLatex(`${table.title} (${table.unit})`)}}
\\label{tab:${table.id.replace(/[^\w-]+/g, '-')}}
\\begin{tabular}{l${'r'.repeat(table.columns.length)}}
\\toprule
${grouped ? `${groupLine(table.columns)}\n` : ''}${sections.join('\n\\midrule\n')}
\\bottomrule
\\end{tabular}${notes.join('')}
\\end{table}
`;
}

/** Text with all that LaTeX would take as a command made plain. */
export function escapeLatex(text: string): string {
  return text.replace(/[\\{}$&#%_~^<>|[*±–−·×→]/g, (character) => marks[character] ?? `\\${character}`);
}

const marks: Record<string, string> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '[': '{[}', // this and the star would belong to the line break before them
  '*': '{*}',
  '±': '$\\pm$',
  '–': '--',
  '−': '$-$',
  '·': '$\\cdot$',
  '×': '$\\times$',
  '→': '$\\to$',
};

function latexSection(table: Table, section: Section): string {
  const width = table.columns.length + 1;
  const title = escapeLatex(`${titleOf(section)} – ${section.source}`);
  const filled = new Set(filledColumns(table, section));
  const headings = table.columns.map((column) =>
    filled.has(column) ? escapeLatex(headingOf(column, section)) : '',
  );
  return [
    `\\multicolumn{${width}}{l}{\\emph{${title}}} \\\\`,
    line([escapeLatex(table.labelTitle), ...headings]),
    '\\midrule',
    ...section.rows.map((row) =>
      line([escapeLatex(row.label), ...table.columns.map((column) => latexCell(row, column, section))]),
    ),
  ].join('\n');
}

function groupLine(columns: readonly Column[]): string {
  const groups = columnGroups(columns).map(
    ({ name, columns: own }) => `\\multicolumn{${own.length}}{c}{${escapeLatex(name)}}`,
  );
  let at = 2; // the first column is the labels'
  const rules = columnGroups(columns).map(({ name, columns: own }) => {
    const rule = name ? `\\cmidrule(lr){${at}-${at + own.length - 1}}` : '';
    at += own.length;
    return rule;
  });
  return `${line(['', ...groups])}\n${rules.filter(Boolean).join(' ')}`;
}

function latexCell(row: Row, column: Column, section: Section): string {
  const text = escapeLatex(formatCell(row.cells[column.id], column));
  return isBest(row, column, section) ? `\\textbf{${text}}` : text;
}

function line(cells: readonly string[]): string {
  return `${cells.join(' & ')} \\\\`;
}
