import { GENERAL_COLUMNS, PLANT_COLUMNS } from '../../src/report/dalipTable';
import type { MeasuredResults } from '../../src/report/measured';
import type { Table } from '../../src/report/table';

/** Made-up results on the ten mini columns: row r, column c, seed s has the share 0.2 + 0.02 c + 0.1 r + 0.01 s. */
export function sampleResults(seeds: number, labels = ['CLIP', 'DALIP']): MeasuredResults {
  const ids = [...GENERAL_COLUMNS, ...PLANT_COLUMNS];
  return {
    profile: seeds > 1 ? 'mini' : 'quick',
    setting: 'tiny CLIP',
    pairs: 48000,
    minutes: 6.4,
    machine: '2 CPU cores',
    columns: Object.fromEntries(
      ids.map((id) => [id, { heading: `${id} mini`, description: `like ${id}`, count: 400, chance: 0.01 }]),
    ),
    rows: labels.map((label, row) => ({
      label,
      scores: Object.fromEntries(
        ids.map((id, column) => [
          id,
          Array.from({ length: seeds }, (_, seed) => 0.2 + 0.02 * column + 0.1 * row + 0.01 * seed),
        ]),
      ),
    })),
  };
}

/** A small table with a published and a measured section and things that need escaping. */
export const sampleTable: Table = {
  id: 'small',
  title: 'A <small> table',
  labelTitle: 'Model',
  unit: 'accuracy, %',
  columns: [
    { id: 'a', title: 'Alpha', group: 'First' },
    { id: 'b', title: 'Beta', group: 'Second', digits: 2 },
  ],
  sections: [
    {
      origin: 'published',
      title: 'ViT & friends',
      source: 'arXiv 0000.00000',
      rows: [{ label: 'CLIP', cells: { a: { value: 12.34 }, b: { value: null } } }],
    },
    {
      origin: 'measured',
      title: 'clipbook, mini profile',
      source: 'mini data',
      headings: { a: 'Alpha mini', b: 'Beta mini' },
      rows: [{ label: 'a|b, "c"', cells: { a: { value: 1, interval: 0.25 }, b: { value: 2.5 } } }],
    },
  ],
  footnotes: ['± is made up'],
};
