import { wilsonInterval } from '../evaluation/statistics';
import type { Column, Table } from './table';

/**
 * How far off an accuracy may be because its test set is finite: half the width of the 95 % Wilson interval in points, a
 * row for each number of test pictures, a column for each accuracy.
 *
 * @param accuracies in per cent
 * @throws as `wilsonInterval` does
 */
export function testSizeTable(counts: readonly number[], accuracies: readonly number[]): Table {
  const columns = accuracies.map(
    (percent): Column => ({ id: String(percent), title: `${percent} %`, group: 'measured accuracy' }),
  );
  const widthOf = (percent: number, count: number) => {
    const { low, high } = wilsonInterval((percent / 100) * count, count);
    return 50 * (high - low);
  };
  return {
    id: 'test-size',
    title: 'What a test set of this size can tell',
    labelTitle: 'Test pictures',
    unit: '± points, 95 %',
    columns,
    sections: [
      {
        origin: 'computed',
        title: 'half the width of Wilson’s interval',
        source: 'one model, one run; another run would differ by more',
        rows: counts.map((count) => ({
          label: count.toLocaleString('en-GB'),
          cells: Object.fromEntries(
            accuracies.map((percent) => [String(percent), { value: widthOf(percent, count) }]),
          ),
        })),
      },
    ],
    footnotes: [],
  };
}
