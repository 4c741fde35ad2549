import assert from 'node:assert/strict';
import { groupSizes } from '../../src/benchmarking/groupSizes';
import { methodDifferences, methodDifferenceTable } from '../../src/report/methodDifferences';
import { loadPublished } from '../../src/report/published';
import { loadTestSetSizes, publishedDifferences } from '../../src/report/publishedDifferences';
import { spreadTable } from '../../src/report/spreadTable';

const dalip = loadPublished('dalip-table');

describe('methodDifferences', () => {
  it('are those of DALIP’s own table, where the counts are its own', () => {
    const sizes = loadTestSetSizes();
    const counts = Object.fromEntries(Object.entries(sizes).map(([column, { images }]) => [column, images]));
    const found = methodDifferences(dalip, { ours: 'DALIP', baseline: 'OpenCLIP' }, counts);
    const known = publishedDifferences(dalip, sizes).filter(({ images }) => images !== undefined);
    assert.equal(found.length, 10);
    for (const [i, { column, difference, independent, lowest, highest }] of known.entries()) {
      assert.equal(found[i].column, column);
      assert.ok(Math.abs(found[i].difference - difference) < 1e-9);
      assert.deepEqual(
        [found[i].independent, found[i].lowest, found[i].highest],
        [independent, lowest, highest],
      );
    }
  });

  it('leave averages out, and name the methods there are', () => {
    const rows = loadPublished('alip-zero-shot');
    const pair = { ours: 'ALIP', baseline: 'HiCLIP' };
    const found = methodDifferences(rows, pair, groupSizes('alip'));
    assert.equal(found.length, 11);
    assert.ok(!found.some(({ column }) => column === 'Average'));
    const missing = { ours: 'ALIP', baseline: 'BLIP' };
    assert.throws(() => methodDifferences(rows, missing, {}), /a row of BLIP, but there are CLIP, SLIP/);
  });

  it('become a table with the multiple that each exceeds', () => {
    const pair = { ours: 'ALIP', baseline: 'UniCLIP', set: 'Flickr30k' };
    const found = methodDifferences(loadPublished('alip-retrieval'), pair, { 'imageToText@1': 1000 });
    const table = methodDifferenceTable(pair, found, 'a paper');
    const { cells } = table.sections[0].rows[0];
    // √((0.705·0.295 + 0.523·0.477) / 1000) = 2.140 points
    assert.ok(Math.abs(cells.independent.value! - 2.14) < 5e-3);
    assert.deepEqual([cells.difference.text, cells.exceeds.text], ['+18.2', '2 SE']);
  });
});

describe('groupSizes', () => {
  it('are those that published tables are known to be measured on', () => {
    const known = loadTestSetSizes();
    for (const [column, pictures] of Object.entries(groupSizes('dalip'))) {
      assert.equal(pictures, known[column].images, column);
    }
    const { Flickr30k, MSCOCO } = groupSizes('alip');
    assert.deepEqual([Flickr30k, MSCOCO], [1000, 5000]);
  });
});

describe('spreadTable', () => {
  const columns = { Pets: { heading: 'Pets mini', count: 100 } };

  it('sets the spread over seeds beside the error of the pictures', () => {
    const table = spreadTable(
      { columns, profile: 'mini' },
      { label: 'CLIP', scores: { Pets: [0.4, 0.5, 0.6] } },
    );
    const { accuracy, seeds, pictures } = table.sections[0].rows[0].cells;
    assert.deepEqual(
      [accuracy, seeds, pictures].map(({ value }) => Number(value!.toFixed(6))),
      [50, 10, 5],
    );
  });

  it('asks for two seeds', () => {
    assert.throws(() =>
      spreadTable({ columns, profile: 'quick' }, { label: 'CLIP', scores: { Pets: [0.4] } }),
    );
  });
});
