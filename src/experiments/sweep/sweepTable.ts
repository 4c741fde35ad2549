import { type Column, type Row, seedsCell, type Table } from '../../report';
import type { RunState, SweepResult } from './runSweep';
import type { Sweep, SweepRun } from './sweepConfig';

/** A run and how far it is. */
export type RunWithState = SweepRun & RunState;

/** The column that every sweep has. */
const LOSS = 'loss';

/**
 * A sweep as a table: a row for each combination of settings, with the mean over its finished seeds and, from two seeds on, the
 * 95 % t-interval.
 */
export function sweepTable({ name, columns }: Sweep, runs: readonly RunWithState[]): Table {
  const results = runs.flatMap((run) => (run.state === 'finished' ? [run.result] : []));
  return {
    id: name,
    title: `Sweep “${name}”`,
    labelTitle: columns.join(', ') || 'Run',
    unit: 'scores in %, means over seeds',
    columns: [
      { id: 'seeds', title: 'Seeds', digits: 0 },
      { id: LOSS, title: 'Loss', digits: 3, ...(haveOneLoss(runs) && { better: 'lower' }) },
      ...scoreColumns(results),
    ],
    sections: [
      {
        origin: 'measured',
        title: 'clipbook',
        source: sourceOf(runs, results),
        rows: rowsOf(name, runs),
      },
    ],
    footnotes: footnotesOf(runs),
  };
}

/** Losses of other objectives, or of batches of another size, are other quantities. */
function haveOneLoss(runs: readonly SweepRun[]): boolean {
  const kinds = runs.map(({ config: { objective, recipe } }) =>
    JSON.stringify([objective, recipe.batchSize]),
  );
  return new Set(kinds).size === 1;
}

function scoreColumns(results: readonly SweepResult[]): Column[] {
  const scores = new Map(results.flatMap((result) => Object.entries(result.scores)));
  return [...scores].map(([title, { better, digits }]) => ({ id: title, title, better, digits }));
}

function sourceOf(runs: readonly RunWithState[], results: readonly SweepResult[]): string {
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
  const minutes = (seconds / 60).toFixed(seconds < 600 ? 1 : 0);
  return `${results.length} of ${runs.length} runs are finished; ${minutes} minutes of training`;
}

/** Combinations of settings in their order. */
function rowsOf(name: string, runs: readonly RunWithState[]): Row[] {
  const bySettings = new Map<string, RunWithState[]>();
  for (const run of runs) {
    const settings = JSON.stringify(run.values);
    bySettings.set(settings, [...(bySettings.get(settings) ?? []), run]);
  }
  return [...bySettings.values()].map((seeds) => ({
    label: seeds[0].values.join(', ') || name,
    cells: cellsOf(seeds),
  }));
}

function cellsOf(seeds: readonly RunWithState[]): Row['cells'] {
  const finished = seeds.flatMap((run) => (run.state === 'finished' ? [run.result] : []));
  const count = { value: finished.length, text: ofAll(finished.length, seeds.length) };
  const titles = new Set(finished.flatMap(({ scores }) => Object.keys(scores)));
  const scoresOf = (title: string) => finished.flatMap(({ scores }) => scores[title] ?? []);
  return {
    seeds: count,
    [LOSS]: seedsCell(finished.map(({ loss }) => loss)),
    ...Object.fromEntries(
      [...titles].map((title) => [title, seedsCell(scoresOf(title).map(({ value }) => value))]),
    ),
  };
}

const ofAll = (finished: number, all: number) => (finished === all ? String(all) : `${finished} of ${all}`);

function footnotesOf(runs: readonly RunWithState[]): string[] {
  const failed = new Map<string, string[]>();
  for (const run of runs) {
    if (run.state === 'failed') failed.set(run.reason, [...(failed.get(run.reason) ?? []), run.name]);
  }
  return [
    'Loss: the mean of the logged training losses of the last tenth of the steps. It compares runs of one objective and batch ' +
      'size only.',
    '± is half the 95 % t-interval of the mean over seeds; one seed has none, and says nothing about others.',
    ...[...failed].map(
      ([reason, names]) =>
        `Failed: ${names[0]}${names.length > 1 ? ` and ${names.length - 1} more` : ''}: ${reason}`,
    ),
  ];
}
