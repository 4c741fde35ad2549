import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/data/projectRoot';

/** What the tests read of a notebook's cells. */
export interface Cell {
  cell_type: 'markdown' | 'code' | 'raw';
  source: string | string[];
  execution_count?: number | null;
  outputs?: { output_type: string; evalue?: string; text?: string | string[] }[];
}

export interface Notebook {
  name: string;
  path: string;
  /** The file, as text. */
  text: string;
  cells: Cell[];
  /** The kernel it asks for. */
  kernel: string;
}

export const notebookFolder = join(projectRoot(), 'notebooks');

export function readNotebook(folder: string, name: string): Notebook {
  const path = join(folder, name);
  const text = readFileSync(path, 'utf8');
  const { cells, metadata } = JSON.parse(text);
  return { name, path, text, cells, kernel: metadata.kernelspec?.name };
}

/** The notebooks of the project, in their order. */
export function committedNotebooks(): Notebook[] {
  return readdirSync(notebookFolder)
    .filter((name) => name.endsWith('.ipynb') && !name.endsWith('.tmp.ipynb'))
    .sort()
    .map((name) => readNotebook(notebookFolder, name));
}

export function codeCells({ cells }: Notebook): Cell[] {
  return cells.filter((cell) => cell.cell_type === 'code');
}

/** The errors that stand in a notebook's outputs, one sentence each. */
export function errorsOf(notebook: Notebook): string[] {
  return codeCells(notebook).flatMap(({ outputs = [] }, place) =>
    outputs
      .filter((output) => output.output_type === 'error' || isStackTrace(output))
      .map(({ evalue, text }) => `code cell ${place + 1}: ${evalue || String(text).slice(0, 400)}`),
  );
}

/** The kernel writes what a cell throws to the cell's stderr. */
function isStackTrace({ text = '' }: { text?: string | string[] }): boolean {
  return /^\s+at .+:\d+:\d+\)?$/m.test([text].flat().join(''));
}
