import { mean, wilsonInterval } from '../evaluation';
import type { Cell, Column, Section } from '../report';
import type { EvaluationResults, Result } from './results';

/** Headings of metrics that are not called by their names. */
const METRICS: Record<string, string> = {
  top1: 'top-1',
  top3: 'top-3',
  top5: 'top-5',
  meanPerClass: 'mean per class',
  macroF1: 'macro-F1',
  expectedError: 'expected error (ECE)',
  adaptiveError: 'adaptive error',
  maximumError: 'maximum error (MCE)',
  negativeLogLikelihood: '−log-likelihood',
  brier: 'Brier score',
};

/**
 * A metric as a cell in per cent, with half the width of its 95 % Wilson interval where it is a share of pictures. What comes
 * from partial data says so in every rendering.
 */
export function cellOf(result: Result | undefined, metric: string): Cell {
  const share = result?.metrics[metric];
  if (!result || share === undefined) return { value: null };
  const value = 100 * share;
  if (result.partial) return { value, text: `${value.toFixed(1)} partial` };
  if (result.intervals) return { value, interval: 100 * result.intervals[metric] };
  if (!metric.startsWith('top')) return { value };
  const { low, high } = wilsonInterval(share * result.count, result.count);
  return { value, interval: 50 * (high - low) };
}

/** The mean of cells; empty where one of them is, partial where one of them is. */
export function meanCell(cells: readonly (Cell | undefined)[]): Cell {
  const values = cells.map((cell) => cell?.value ?? null);
  if (values.includes(null)) return { value: null };
  const value = mean(values as number[]);
  const isPartial = cells.some((cell) => cell?.text?.endsWith(' partial'));
  return { value, ...(isPartial && { text: `${value.toFixed(1)} partial` }) };
}

/** Metrics that are no shares. */
const RAW = ['negativeLogLikelihood', 'brier'];

/** A metric's value as a reader expects it: a share in per cent, anything else as it is. */
export function formatMetric(metric: string, value: number): string {
  return RAW.includes(metric) ? value.toFixed(3) : (100 * value).toFixed(1);
}

export function metricTitle(metric: string): string {
  if (metric.startsWith('merged ')) return `${metricTitle(metric.slice('merged '.length))} merged`;
  if (metric.startsWith('shots')) return `${metric.slice('shots'.length)} of each class`;
  const [name, k] = metric.split('@');
  if (name === 'imageToText') return `image→text R@${k}`;
  if (name === 'textToImage') return `text→image R@${k}`;
  return (METRICS[name] ?? name) + (k ? `, k = ${k}` : '');
}

/** A section of measured rows, one for each model. */
export function measuredRows(
  { models, machine, date, clipbook }: EvaluationResults,
  title: string,
  columns: readonly Column[],
  cellFor: (model: string, column: Column) => Cell,
): Section {
  const commit = clipbook.commit ? ` (${clipbook.commit.slice(0, 7)})` : '';
  return {
    origin: 'measured',
    title,
    source: `clipbook ${clipbook.version}${commit}; ${machine}; ${date.slice(0, 10)}`,
    rows: models.map(({ label }) => ({
      label,
      cells: Object.fromEntries(columns.map((column) => [column.id, cellFor(label, column)])),
    })),
  };
}

/** What ± means, what is partial and why, and what is not there. */
export function footnotes({ missing }: EvaluationResults, results: readonly Result[]): string[] {
  const whole = results.filter(({ partial }) => !partial);
  const hasShares = whole.some(({ metrics }) => Object.keys(metrics).some((name) => name.startsWith('top')));
  const hasDraws = whole.some(({ intervals }) => intervals);
  return [
    ...(hasShares
      ? ['± is half the 95 % Wilson interval of a top-1 or top-5 for the number of pictures.']
      : []),
    ...(hasDraws ? ['± is half the 95 % t-interval of the mean over draws.'] : []),
    ...new Set(
      results.flatMap(({ benchmark, partial }) =>
        partial ? `Partial data, not to be compared with others' numbers: ${benchmark}, ${partial}.` : [],
      ),
    ),
    ...(missing.length > 0 ? [`Asked for, but not on this machine: ${missing.join(', ')}.`] : []),
  ];
}
