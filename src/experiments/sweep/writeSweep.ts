import { join } from 'node:path';
import Papa from 'papaparse';
import { writeFileAtomically } from '../../files';
import { withFileLock } from '../../files/fileLock';
import { htmlPage, renderCsv, renderHtml, renderLatex, renderMarkdown } from '../../report';
import { stateOf, sweepFolder } from './runSweep';
import type { Sweep } from './sweepConfig';
import { type RunWithState, sweepTable } from './sweepTable';

/** How far every run of a sweep is. */
export function sweepRuns(sweep: Sweep, root?: string): RunWithState[] {
  return sweep.runs.map((run) => ({ ...run, ...stateOf(sweep, run, root) }));
}

/**
 * Writes what there is of a sweep into its folder: `table.md`, `.csv`, `.tex` and `.html`, `runs.csv` with a line for each
 * finished run and a column for each setting, and `results.json`. Whichever process ends last writes all of it.
 *
 * @returns how far every run is
 */
export async function writeSweep(sweep: Sweep, root?: string): Promise<RunWithState[]> {
  const folder = sweepFolder(sweep, root);
  return withFileLock(join(folder, 'results.json'), {}, async () => {
    const runs = sweepRuns(sweep, root);
    const table = sweepTable(sweep, runs);
    const write = (name: string, text: string) => writeFileAtomically(join(folder, name), [text]);
    write('table.md', renderMarkdown(table));
    write('table.csv', renderCsv(table));
    write('table.tex', renderLatex(table));
    write(
      'table.html',
      htmlPage({ title: table.title, body: `<h1>${sweep.name}</h1>\n${renderHtml(table)}` }),
    );
    write('runs.csv', csvOf(sweep, runs));
    write('results.json', `${JSON.stringify({ columns: sweep.columns, runs: runs.map(plain) }, null, 1)}\n`);
    return runs;
  });
}

const plain = ({ config, ...run }: RunWithState) => run;

/** Wide, for whoever computes with it. */
function csvOf({ columns }: Sweep, runs: readonly RunWithState[]): string {
  const lines = runs.flatMap(({ name, values, seed, ...run }) => {
    if (run.state !== 'finished') return [];
    const { loss, scores, pairs, seconds, folder } = run.result;
    return {
      run: name,
      ...Object.fromEntries(columns.map((column, i) => [column, values[i]])),
      ...{ seed, loss },
      ...Object.fromEntries(Object.entries(scores).map(([title, { value }]) => [title, value])),
      ...{ pairs, seconds, folder },
    };
  });
  const fields = [...new Set(lines.flatMap((line) => Object.keys(line)))];
  return `${Papa.unparse({ fields, data: lines }, { newline: '\n' })}\n`;
}
