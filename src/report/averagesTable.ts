import { leaveOneOut } from '../evaluation/leaveOneOut';
import { mean } from '../evaluation/statistics';
import type { PublishedRow } from './published';
import type { Table } from './table';

/** Some columns of a published table, under a heading. */
export interface ColumnChoice {
  title: string;
  columns: readonly string[];
}

/**
 * Who comes first by which average: the mean over several choices of columns, over the first choice without any single one of its
 * columns (lowest to highest), and the mean rank in it, which weighs all columns alike; equals share the better rank.
 *
 * @throws where a method has no number in a column
 */
export function averagesTable(rows: readonly PublishedRow[], choices: readonly ColumnChoice[]): Table {
  const [{ columns: all }] = choices;
  return {
    id: 'averages',
    title: 'Whose average is best depends on what is averaged',
    labelTitle: 'Method',
    unit: '%; ranks from 1',
    columns: [
      ...choices.map(({ title }) => ({ id: title, title, better: 'higher' as const })),
      { id: 'range', title: `${choices[0].title} but any one` },
      { id: 'rank', title: 'Mean rank', better: 'lower' },
    ],
    sections: [
      {
        origin: 'computed',
        title: 'from the published columns',
        source: [...new Set(rows.map(({ source }) => source))].join('; '),
        rows: rows.map((row) => {
          const left = Object.values(leaveOneOut(valuesIn(row, all)));
          const [low, high] = [Math.min(...left), Math.max(...left)];
          const averages = choices.map(({ title, columns }) => [title, { value: averageOf(row, columns) }]);
          return {
            label: row.method,
            cells: {
              ...Object.fromEntries(averages),
              range: { value: low, text: `${low.toFixed(1)} to ${high.toFixed(1)}` },
              rank: { value: mean(all.map((column) => placeOf(rows, row.method, [column]))) },
            },
          };
        }),
      },
    ],
    footnotes: [],
  };
}

/** A method's place by its average over the columns, from 1; equals share the better one. @throws as `averagesTable` does */
export function placeOf(rows: readonly PublishedRow[], method: string, columns: readonly string[]): number {
  const own = rows.find((row) => row.method === method);
  if (!own) throw new Error(`Expected a row of ${method}, found none.`);
  const average = averageOf(own, columns);
  return 1 + rows.filter((row) => averageOf(row, columns) > average).length;
}

function averageOf(row: PublishedRow, columns: readonly string[]): number {
  return mean(Object.values(valuesIn(row, columns)));
}

function valuesIn({ method, values }: PublishedRow, columns: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    columns.map((column) => {
      const value = values[column];
      if (typeof value === 'number') return [column, value];
      throw new Error(`Expected a number of ${method} in ${column}, found none; leave the column out.`);
    }),
  );
}
