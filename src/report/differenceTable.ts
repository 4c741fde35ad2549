import type { AccuracyDifference } from '../evaluation/accuracyDifference';
import {
  exceeds,
  inStandardErrors,
  nameOf,
  type PublishedDifference,
  type TestSetSize,
} from './publishedDifferences';
import type { Cell, Column, Row, Table } from './table';
import { signed } from './verdict';

const COLUMNS: Column[] = [
  { id: 'baseline', title: 'OpenCLIP' },
  { id: 'ours', title: 'DALIP' },
  { id: 'difference', title: 'Difference' },
  { id: 'independent', title: 'Standard error (SE)', digits: 2 },
  { id: 'lowest', title: 'SE at least', digits: 2 },
  { id: 'highest', title: 'SE at most', digits: 2 },
  { id: 'images', title: 'Test images', digits: 0 },
  { id: 'ratio', title: 'Difference / SE' },
  { id: 'exceeds', title: 'Larger than', digits: 0 },
];

/** How `exceeds` is written, by its value. */
const THRESHOLDS = ['neither', '1 SE', '2 SE'];

/** DALIP's published differences, one row for each column, with the standard errors that the test sets' sizes leave. */
export function differenceTable(
  differences: readonly PublishedDifference[],
  sizes: Readonly<Record<string, TestSetSize>>,
  source: string,
): Table {
  return {
    id: 'dalip-differences',
    title: 'DALIP: the published differences and how sure they are',
    labelTitle: 'Column',
    unit: 'top-1 accuracy, %; differences and errors in points',
    columns: COLUMNS,
    sections: [
      {
        origin: 'published',
        title: 'ViT-B/16 on PlantMix-13M, standard errors computed here',
        source: `${source}; sizes of the test sets: data/published/test-set-sizes.csv`,
        rows: differences.map(rowOf),
      },
    ],
    footnotes: [
      'Standard error: of a difference between two models whose answers are independent. Both saw the same images, and ' +
        'only the accuracies are printed; “at least” and “at most” are what they allow for any pairing of the answers.',
      'A mean’s standard error takes its columns as independent; no standard error holds what another training run would change.',
      ...uncertainties(sizes),
    ],
  };
}

/** What every comparison of two printed numbers shows. */
export function differenceCells(
  difference: AccuracyDifference & { baseline: number; ours: number },
): Record<'baseline' | 'ours' | 'difference' | 'independent' | 'exceeds', Cell> {
  const passed = exceeds(difference);
  return {
    baseline: { value: difference.baseline },
    ours: { value: difference.ours },
    difference: { value: difference.difference, text: signed(difference.difference) },
    independent: { value: difference.independent },
    exceeds: { value: passed, text: THRESHOLDS[passed] },
  };
}

function rowOf(difference: PublishedDifference): Row {
  const { lowest, highest, images } = difference;
  const cells: Record<string, Cell> = {
    ...differenceCells(difference),
    lowest: { value: lowest },
    highest: { value: highest },
    ratio: { value: inStandardErrors(difference), text: signed(inStandardErrors(difference)) },
  };
  if (images !== undefined) cells.images = { value: images, text: images.toLocaleString('en-GB') };
  return { label: nameOf(difference), cells };
}

/** What is not sure about the test sets, those with the same doubt together. */
function uncertainties(sizes: Readonly<Record<string, TestSetSize>>): string[] {
  const doubts = Object.entries(sizes).filter(([, { uncertain }]) => uncertain);
  const distinct = [...new Set(doubts.map(([, { uncertain }]) => uncertain))];
  return distinct.map((doubt) => {
    const sets = doubts.filter(([, { uncertain }]) => uncertain === doubt).map(([set]) => set);
    return `${sets.join(', ')}: ${doubt}.`;
  });
}
