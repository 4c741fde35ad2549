import assert from 'node:assert/strict';
import { ALIP_COLUMNS } from '../../src/report/alipTables';
import { averagesTable, placeOf } from '../../src/report/averagesTable';
import { loadPublished, type PublishedRow } from '../../src/report/published';

const row = (method: string, values: PublishedRow['values']): PublishedRow => ({
  method,
  architecture: 'ViT',
  data: 'pairs',
  values,
  source: 'a paper',
});
const rows = [row('One', { a: 10, b: 20, c: 90 }), row('Two', { a: 30, b: 40, c: 40 })];

describe('averagesTable', () => {
  it('averages what it is asked for, without each, and by rank', () => {
    const table = averagesTable(rows, [
      { title: 'All', columns: ['a', 'b', 'c'] },
      { title: 'Without c', columns: ['a', 'b'] },
    ]);
    const [one, two] = table.sections[0].rows.map(({ cells }) => cells);
    assert.deepEqual([one.All.value, one['Without c'].value, one.range.text], [40, 15, '15.0 to 55.0']);
    assert.ok(Math.abs(one.rank.value! - 5 / 3) < 1e-12); // second, second, first
    assert.ok(Math.abs(two.rank.value! - 4 / 3) < 1e-12);
  });

  it('finds ALIP’s printed place, and another without CIFAR', () => {
    const published = loadPublished('alip-zero-shot');
    const printed =
      1 + published.filter(({ values }) => values.Average! > published.at(-1)!.values.Average!).length;
    assert.equal(placeOf(published, 'ALIP', ALIP_COLUMNS), printed);
    const others = ALIP_COLUMNS.filter((column) => !column.startsWith('CIFAR'));
    assert.equal(placeOf(published, 'ALIP', others), printed + 1);
  });

  it('names what is missing', () => {
    assert.throws(() => placeOf(rows, 'Three', ['a']), /a row of Three/);
    assert.throws(() => placeOf(rows, 'One', ['d']), /a number of One in d, found none/);
  });
});
