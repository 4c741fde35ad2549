import { type AccuracyDifference, accuracyDifference } from '../evaluation/accuracyDifference';
import { differenceCells } from './differenceTable';
import type { PublishedRow } from './published';
import type { Cell, Row, Table } from './table';

/** One column of two methods in a published table, in per cent and points. */
export interface MethodDifference extends AccuracyDifference {
  column: string;
  ours: number;
  baseline: number;
  /** Questions asked: test pictures, or queries of a retrieval. */
  count: number;
}

/** Two rows of a published table by their methods, and of which sets where it has several. */
export interface MethodPair {
  ours: string;
  baseline: string;
  set?: string;
}

/**
 * Ours − baseline for every column that both have, with the standard error that the size of the test set leaves. Means per class
 * are taken as if they were means over pictures, which is exact where classes are of equal size.
 *
 * @param counts column → questions asked; a column without is left out, as averages are
 * @throws where a method has no row
 */
export function methodDifferences(
  rows: readonly PublishedRow[],
  { ours, baseline, set }: MethodPair,
  counts: Readonly<Record<string, number>>,
): MethodDifference[] {
  const [a, b] = [ours, baseline].map((method) => {
    const row = rows.find((one) => one.method === method && one.set === set);
    if (row) return row.values;
    const known = rows.filter((one) => one.set === set).map((one) => one.method);
    throw new Error(`Expected a row of ${method}, but there are ${known.join(', ') || 'none'}.`);
  });
  return Object.keys(counts)
    .filter((column) => typeof a[column] === 'number' && typeof b[column] === 'number')
    .map((column) => {
      const count = counts[column];
      const [own, other] = [a[column]!, b[column]!];
      const shares = accuracyDifference(own / 100, other / 100, count);
      const inPoints = Object.fromEntries(Object.entries(shares).map(([key, share]) => [key, 100 * share]));
      return { column, ours: own, baseline: other, count, ...(inPoints as unknown as AccuracyDifference) };
    });
}

/** A row for each column: both methods, their difference, its standard error, and which multiple it exceeds. */
export function methodDifferenceTable(
  { ours, baseline, set }: MethodPair,
  differences: readonly MethodDifference[],
  source: string,
): Table {
  return {
    id: `difference-${ours}-${baseline}`,
    title: `${ours} − ${baseline}${set ? `, ${set}` : ''}: the published differences and how sure they are`,
    labelTitle: 'Column',
    unit: '%; differences and errors in points',
    columns: [
      { id: 'baseline', title: baseline },
      { id: 'ours', title: ours },
      { id: 'difference', title: 'Difference' },
      { id: 'independent', title: 'Standard error (SE)', digits: 2 },
      { id: 'count', title: 'Questions', digits: 0 },
      { id: 'exceeds', title: 'Larger than', digits: 0 },
    ],
    sections: [
      { origin: 'published', title: 'standard errors computed here', source, rows: differences.map(rowOf) },
    ],
    footnotes: [
      'The two models’ answers are taken as independent, and the test sets as the registry has them.',
    ],
  };
}

function rowOf(difference: MethodDifference): Row {
  const { column, count } = difference;
  const cells: Record<string, Cell> = {
    ...differenceCells(difference),
    count: { value: count, text: count.toLocaleString('en-GB') },
  };
  return { label: column, cells };
}
