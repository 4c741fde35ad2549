import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { writeFileAtomically } from '../files';
import { type IndexEntry, type IndexNotebook, localScript, renderIndex, type StoredReport } from '../report';
import { EXPERIMENTS } from '.';
import type { ProfileName, RunSummary } from './experiment';

/** The profile that git does not keep: it shows that everything runs. */
const LOCAL: ProfileName = 'quick';

export interface IndexOptions {
  /** The folder of all results. */
  root: string;
  /** Of the project's notebooks; default the one beside `root`. */
  notebooks?: string;
}

/**
 * Writes `index.html` over all results of a folder, and `local.js` with what only this machine has.
 *
 * @returns the page's path
 */
export function writeResultsIndex(options: IndexOptions): string {
  const { page, local } = resultsIndex(options);
  writeFileAtomically(join(options.root, 'local.js'), [local]);
  writeFileAtomically(join(options.root, 'index.html'), [page]);
  return join(options.root, 'index.html');
}

/**
 * The page over all results of a folder, the same wherever the results are the same, so that it can be committed with them;
 * and the script that adds what only this machine has: quick results, and notebooks that `notebookPages` made pages of.
 */
export function resultsIndex({ root, notebooks = join(root, '../notebooks') }: IndexOptions): {
  page: string;
  local: string;
} {
  const known = notebooksIn(notebooks, root);
  const entries = reportFolders(root).map(({ id, profile }) => entryOf(root, id, profile, known));
  const isLocal = ({ profile }: IndexEntry) => profile === LOCAL;
  const shared = entries.filter((entry) => !isLocal(entry));
  const pages = known.map(({ name }) => name).filter((name) => existsSync(join(root, pageOf(name))));
  return {
    page: renderIndex({ entries: shared, notebooks: known, others: otherResults(root) }),
    local: localScript({ entries: entries.filter(isLocal), notebooks: pages }),
  };
}

/** Where a notebook lies as a page, from the folder of all results. */
export function pageOf(notebook: string): string {
  return `notebooks/${notebook}.html`;
}

/** Folders with a report, in the order in which experiments are run. */
function reportFolders(root: string): { id: string; profile: string }[] {
  const ids = EXPERIMENTS.map(({ id }) => id);
  const place = (id: string) => (ids.includes(id) ? ids.indexOf(id) : ids.length);
  return foldersIn(root)
    .flatMap((id) => foldersIn(join(root, id)).map((profile) => ({ id, profile })))
    .filter(({ id, profile }) => existsSync(join(root, id, profile, 'report.json')))
    .sort((a, b) => place(a.id) - place(b.id));
}

function entryOf(
  root: string,
  id: string,
  profile: string,
  notebooks: readonly (IndexNotebook & { text: string })[],
): IndexEntry {
  const folder = `${id}/${profile}`;
  const report: StoredReport = readJsonIn(root, folder, 'report.json');
  const config: { seeds?: number[] } = readJsonIn(root, folder, 'config.json');
  return {
    anchor: `${id}-${profile}`,
    profile,
    folder,
    report,
    config,
    facts: [
      ...(config.seeds ? [['Seeds', config.seeds.join(', ')] as const] : []),
      ...durationOf(join(root, folder, 'runs')),
    ],
    figures: report.figures.map((figure) => `${folder}/figures/${figure.id}.svg`),
    sheets: report.tables.map((table) => `${folder}/table-${table.id}.csv`),
    notebooks: notebooks.filter(
      ({ name, text }) => name.endsWith(`-${id}`) || text.includes(`results/${id}/`),
    ),
  };
}

/** How many runs were trained, and how long; without the parts of an experiment that keep no time. */
function durationOf(runs: string): [string, string][] {
  const seconds = foldersIn(runs)
    .map((name) => join(runs, name, 'summary.json'))
    .filter(existsSync)
    .map((path) => (JSON.parse(readFileSync(path, 'utf8')) as Partial<RunSummary>).trainingSeconds)
    .filter((own): own is number => own !== undefined);
  const sum = seconds.reduce((total, own) => total + own, 0);
  return [
    ['Runs', String(seconds.length)],
    ['Training', sum < 90 ? `${Math.round(sum)} seconds` : `${Math.round(sum / 60)} minutes`],
  ];
}

/** The notebooks of a folder with their first headings; those named after an experiment, or with links to its results, belong to it. */
function notebooksIn(folder: string, root: string): (IndexNotebook & { text: string })[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ipynb') && !name.endsWith('.tmp.ipynb'))
    .sort()
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      const name = file.replace(/\.ipynb$/, '');
      const place = relative(resolve(root), resolve(folder, file)).split(sep).join('/');
      return { name, title: headingOf(text) ?? name, place, text };
    });
}

function headingOf(notebook: string): string | undefined {
  const { cells } = JSON.parse(notebook) as { cells: { cell_type: string; source: string | string[] }[] };
  const first = cells.find(({ cell_type }) => cell_type === 'markdown');
  return /^# (.+)$/m.exec([first?.source ?? ''].flat().join(''))?.[1];
}

/** Tables and measurements of folders without a report: `captioner/mini/table-captioner.csv`, `bench/embedding.json`. */
function otherResults(root: string): string[] {
  const files = (folder: string, pattern: RegExp) =>
    readdirSync(join(root, folder))
      .filter((name) => pattern.test(name))
      .sort()
      .map((name) => `${folder}/${name}`);
  const tables = foldersIn(root)
    .flatMap((id) => foldersIn(join(root, id)).map((profile) => `${id}/${profile}`))
    .filter((folder) => !folder.endsWith(`/${LOCAL}`) && !existsSync(join(root, folder, 'report.json')))
    .flatMap((folder) => files(folder, /^table-.*\.csv$/));
  const bench = existsSync(join(root, 'bench')) ? files('bench', /\.json$/) : [];
  return [...tables, ...bench];
}

function foldersIn(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

function readJsonIn<Value>(...parts: string[]): Value {
  return JSON.parse(readFileSync(join(...parts), 'utf8'));
}
