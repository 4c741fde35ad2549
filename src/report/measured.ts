import type { TaskDefinition } from '../data/types';
import type { RetrievalResult } from '../evaluation/retrieval';
import { mean, wilsonInterval } from '../evaluation/statistics';
import { seedsCell } from './seedsCell';
import type { Cell, Row, Section } from './table';

/** What one profile of an experiment measured, ready to stand in a table's section. */
export interface MeasuredResults {
  profile: 'quick' | 'mini' | 'paper';
  /** The model and the data in words, e.g. `ViT-tiny/8, 64 px, pictograms and herbarium`. */
  setting: string;
  /** Training pairs seen in one run. */
  pairs: number;
  /** Minutes one run took, on average. */
  minutes: number;
  /** Kind of machine, e.g. `2 CPU cores`. */
  machine: string;
  /** Published column → what was measured in its place. */
  columns: Record<string, MeasuredColumn>;
  rows: MeasuredRow[];
}

export interface MeasuredColumn {
  /** The heading, e.g. `ImageNet-1K mini`: never the published name unless the data are the published ones. */
  heading: string;
  /** What it is, for a footnote, e.g. `emoji concepts in a held-out style, 1,482 classes`. */
  description?: string;
  /** How many examples were judged. */
  count: number;
  /** The share a guess would get, in [0, 1]. */
  chance?: number;
}

export interface MeasuredRow {
  label: string;
  /** Published column → shares in [0, 1], one for each seed, in the same order of seeds everywhere. */
  scores: Record<string, number[]>;
}

/** Derived columns: the mean of other columns, computed seed by seed. */
export type MeanColumns = Record<string, readonly string[]>;

/**
 * The mini columns of classification tasks: `ImageNet-1K` → `ImageNet-1K mini`, with its classes, chance and size.
 * Tasks that mirror no published column are left out.
 *
 * @param counts task id → number of test pictures.
 */
export function columnsOfTasks(
  tasks: readonly TaskDefinition[],
  counts: Record<string, number>,
): Record<string, MeasuredColumn> {
  const columns: Record<string, MeasuredColumn> = {};
  for (const { id, column, title, classes, seen } of tasks) {
    if (column === null) continue;
    const unseen = seen.filter((flag) => !flag).length;
    columns[column] = {
      heading: `${column} mini`,
      description: `${title}, ${classes.length} classes${unseen ? `, ${unseen} of them never seen in training` : ''}`,
      count: counts[id] ?? 0,
      chance: 1 / classes.length,
    };
  }
  return columns;
}

/** A retrieval result as named shares: `imageToText@1`, …, `textToImage@10`. */
export function retrievalScores(result: RetrievalResult): Record<string, number> {
  const named = (direction: 'imageToText' | 'textToImage') =>
    Object.entries(result[direction]).map(([k, share]) => [`${direction}@${k}`, share]);
  return Object.fromEntries([...named('imageToText'), ...named('textToImage')]);
}

/**
 * The section of a profile's rows, in per cent: over two or more seeds the mean with its 95 % t-interval, for one seed
 * the value with half the width of its 95 % Wilson interval. The last row says what guessing would give.
 *
 * @param means derived columns; one is left empty where one of its parts was not measured.
 * @throws when a score is not a share in [0, 1], or a row has different numbers of seeds.
 */
export function measuredSection(results: MeasuredResults, means: MeanColumns, name?: string): Section {
  const rows = results.rows.map((row) => measuredRow(row, results, means));
  const chance = chanceRow(results, means);
  return {
    origin: 'measured',
    title: `clipbook, ${results.profile} profile${name ? `: ${name}` : ''}`,
    source: describeRun(results),
    headings: Object.fromEntries(Object.entries(results.columns).map(([id, column]) => [id, column.heading])),
    rows: chance ? [...rows, chance] : rows,
  };
}

/** The results with only the given published columns: a table shows its own columns, whatever else was measured. */
export function onlyColumns(results: MeasuredResults, ids: readonly string[]): MeasuredResults {
  const keep = <T>(record: Record<string, T>): Record<string, T> =>
    Object.fromEntries(ids.filter((id) => id in record).map((id) => [id, record[id]]));
  return {
    ...results,
    columns: keep(results.columns),
    rows: results.rows.map((row) => ({ ...row, scores: keep(row.scores) })),
  };
}

/** How many seeds the rows have. */
export function seedsOf(results: MeasuredResults): number {
  return Math.max(
    0,
    ...results.rows.flatMap((row) => Object.values(row.scores).map((scores) => scores.length)),
  );
}

/** What the intervals of these results mean, and what their columns are: one sentence each, none twice. */
export function footnotesOf(measured: readonly MeasuredResults[]): string[] {
  const intervals = measured.map((results) => {
    const seeds = seedsOf(results);
    const meaning =
      seeds > 1
        ? `the 95 % t-interval of the mean over ${seeds} seeds.`
        : 'the 95 % Wilson interval for the size of the test set; one seed says nothing about other seeds.';
    return `Measured, ${results.profile} profile: ± is ${meaning}`;
  });
  const columns = measured
    .flatMap((results) => Object.values(results.columns))
    .filter((column) => column.description)
    .map((column) => `${column.heading}: ${column.description}, ${grouped(column.count)} test pictures.`);
  return [...new Set([...intervals, ...columns])];
}

function describeRun(results: MeasuredResults): string {
  const seeds = seedsOf(results);
  const data = results.profile === 'paper' ? '' : 'mini data, not the published sets; ';
  const minutes = results.minutes < 10 ? results.minutes.toFixed(1) : results.minutes.toFixed(0);
  return (
    `${data}${results.setting}; ${grouped(results.pairs)} pairs seen and ${minutes} minutes a run; ` +
    `${seeds} ${seeds === 1 ? 'seed' : 'seeds'}; ${results.machine}`
  );
}

function measuredRow(row: MeasuredRow, { columns }: MeasuredResults, means: MeanColumns): Row {
  const lengths = new Set(Object.values(row.scores).map((scores) => scores.length));
  if (lengths.size > 1) {
    throw new Error(
      `Expected the same seeds in every column of "${row.label}", got ${[...lengths].join(' and ')}.`,
    );
  }
  const wrong = Object.values(row.scores)
    .flat()
    .find((score) => !(score >= 0 && score <= 1));
  if (wrong !== undefined) throw new Error(`Expected shares from 0 to 1 in "${row.label}", got ${wrong}.`);

  const cells: Record<string, Cell> = {};
  for (const [id, scores] of Object.entries(row.scores)) cells[id] = cellOf(scores, columns[id]?.count);
  for (const [id, parts] of Object.entries(means)) cells[id] = cellOf(meanScores(row.scores, parts) ?? []);
  return { label: row.label, cells };
}

/** The mean over columns, seed by seed; null where a column was not measured. */
export function meanScores(scores: Record<string, number[]>, parts: readonly string[]): number[] | null {
  if (parts.some((part) => !scores[part]?.length)) return null;
  return scores[parts[0]].map((_, seed) => mean(parts.map((part) => scores[part][seed])));
}

function cellOf(scores: readonly number[], count?: number): Cell {
  if (scores.length !== 1 || !count) return seedsCell(scores.map((score) => 100 * score));
  const { low, high } = wilsonInterval(scores[0] * count, count);
  return { value: 100 * scores[0], interval: 50 * (high - low) };
}

function chanceRow({ columns }: MeasuredResults, means: MeanColumns): Row | null {
  const known = Object.entries(columns).filter(([, column]) => column.chance !== undefined);
  if (known.length === 0) return null;
  const scores = Object.fromEntries(known.map(([id, column]) => [id, [column.chance!]]));
  const derived = Object.entries(means).map(([id, parts]) => [id, meanScores(scores, parts) ?? []] as const);
  const cells = [...Object.entries(scores), ...derived].map(([id, values]) => [id, cellOf(values)]);
  return { label: 'guessing', cells: Object.fromEntries(cells) };
}

function grouped(value: number): string {
  return value.toLocaleString('en-GB');
}
