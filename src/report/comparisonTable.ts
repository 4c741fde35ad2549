import type { Row, Table } from './table';

/** A number of A and of B. */
export interface ComparedNumber {
  label: string;
  first: number;
  second: number;
  /** B − A */
  difference: number;
  /** Of the difference. */
  interval?: { low: number; high: number };
  /** A value as text, e.g. a share in per cent. */
  show: (value: number) => string;
}

/** Numbers of A and B beside each other, with B − A and its interval: `+1.2 (−0.3 to +2.7)`. */
export function comparisonTable(
  about: Pick<Table, 'id' | 'title' | 'unit'>,
  section: { title: string; source: string },
  numbers: readonly ComparedNumber[],
): Table {
  return {
    ...about,
    labelTitle: 'Name',
    columns: [
      { id: 'first', title: 'A' },
      { id: 'second', title: 'B' },
      { id: 'difference', title: 'B − A' },
    ],
    sections: [{ origin: 'measured', ...section, rows: numbers.map(rowOf) }],
    footnotes: [],
  };
}

function rowOf({ label, first, second, difference, interval, show }: ComparedNumber): Row {
  const shown = (value: number) => show(value).replace('-', '−');
  const signed = (value: number) => (value < 0 ? shown(value) : `+${shown(value)}`);
  const range = interval ? ` (${signed(interval.low)} to ${signed(interval.high)})` : '';
  return {
    label,
    cells: {
      first: { value: first, text: shown(first) },
      second: { value: second, text: shown(second) },
      difference: { value: difference, text: signed(difference) + range },
    },
  };
}
