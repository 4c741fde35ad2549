import { mean, standardDeviation } from '../evaluation/statistics';
import type { MeasuredResults, MeasuredRow } from './measured';
import type { Row, Table } from './table';

/**
 * What moves a measured number: the standard deviation over seeds beside the standard error that the size of the test set alone
 * would bring, √(p·(1 − p) / pictures), a row for each column of one measured row. The pictures are the same for all seeds, so
 * that the first holds what another training run changes, and not what other pictures would.
 *
 * @throws with fewer than two seeds
 */
export function spreadTable(
  { columns, profile }: Pick<MeasuredResults, 'columns' | 'profile'>,
  { label, scores }: MeasuredRow,
): Table {
  return {
    id: 'spread',
    title: `${label}: what another seed changes, and what other pictures would`,
    labelTitle: 'Column',
    unit: 'points',
    columns: [
      { id: 'accuracy', title: 'Accuracy, %' },
      { id: 'seeds', title: 'SD over seeds' },
      { id: 'pictures', title: 'SE of the pictures' },
      { id: 'count', title: 'Test pictures', digits: 0 },
    ],
    sections: [
      {
        origin: 'measured',
        title: `clipbook, ${profile} profile`,
        source: `${Object.values(scores)[0]?.length ?? 0} seeds`,
        rows: Object.entries(columns).map(([id, { heading, count }]) =>
          spreadRow(heading, scores[id], count),
        ),
      },
    ],
    footnotes: [],
  };
}

function spreadRow(label: string, shares: readonly number[], count: number): Row {
  const share = mean(shares);
  return {
    label,
    cells: {
      accuracy: { value: 100 * share },
      seeds: { value: 100 * standardDeviation(shares) },
      pictures: { value: 100 * Math.sqrt((share * (1 - share)) / count) },
      count: { value: count, text: count.toLocaleString('en-GB') },
    },
  };
}
