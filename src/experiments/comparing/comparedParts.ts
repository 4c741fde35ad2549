import { type ComparedPart, comparisonTable, curvesFigure, type Table } from '../../report';
import type { NumberDifference, RunsComparison } from './compareRuns';

/** A comparison of runs as sentences, settings, tables and curves over each other. */
export function comparedPart(comparison: RunsComparison): ComparedPart {
  const { title, settings, scores, metrics, curves } = comparison;
  return {
    title,
    sentences: [
      ...(settings.length === 0 ? ['The configurations are the same.'] : []),
      aboutIntervals(comparison),
    ],
    settings,
    tables: [
      ...(scores.length > 0 ? [tableOf(comparison, 'scores', scores, percent)] : []),
      ...(metrics.length > 0 ? [tableOf(comparison, 'metrics', metrics, significant)] : []),
    ],
    figures: curves.map(({ name, first, second }) =>
      curvesFigure({
        id: `${idOf(title)}-${name}`,
        title: `${title}: ${name}`,
        y: name,
        curves: [
          { name: 'A', ...first },
          { name: 'B', ...second },
        ],
      }),
    ),
  };
}

/** What the intervals are about. */
function aboutIntervals({ runs: [first, second], seeds, scores }: RunsComparison): string {
  if (seeds.length > 1) return `Intervals are of 95 %, paired over the seeds ${seeds.join(', ')}.`;
  if (first > 1 || second > 1) {
    return `No intervals: ${first} and ${second} runs have fewer than two seeds in common.`;
  }
  return scores.some(({ basis }) => basis === 'examples')
    ? 'One run each: intervals are of 95 % over the test set, answers taken as independent; another seed may differ by more.'
    : 'One run each: how far another seed would be off is not known, so that there are no intervals.';
}

const KINDS = {
  scores: { title: 'Scores', unit: 'shares in %, differences in points' },
  metrics: { title: 'In the last step', unit: 'as logged' },
};

function tableOf(
  { title, runs: [first, second] }: RunsComparison,
  kind: keyof typeof KINDS,
  differences: readonly NumberDifference[],
  show: (value: number) => string,
): Table {
  const source = first === 1 && second === 1 ? 'one run each' : `means over ${first} and ${second} runs`;
  return comparisonTable(
    { id: `${idOf(title)}-${kind}`, ...KINDS[kind] },
    { title, source },
    differences.map(({ name, ...numbers }) => ({ label: name, ...numbers, show })),
  );
}

/** For anchors and figures. */
function idOf(title: string): string {
  return title.replace(/[^\w-]+/g, '-');
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function significant(value: number): string {
  return String(Number(value.toPrecision(4)));
}
