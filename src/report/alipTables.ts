import { footnotesOf, type MeasuredResults, measuredSection, onlyColumns } from './measured';
import { type PublishedRow, publishedSections } from './published';
import type { Column, Table } from './table';

/** The eleven columns of ALIP's zero-shot table, in its order. */
export const ALIP_COLUMNS = [
  'CIFAR-10',
  'CIFAR-100',
  'Food-101',
  'Pets',
  'Flowers-102',
  'SUN397',
  'Cars',
  'DTD',
  'Caltech-101',
  'Aircraft',
  'ImageNet-1K',
] as const;

const DIRECTIONS = [
  { id: 'imageToText', title: 'image→text' },
  { id: 'textToImage', title: 'text→image' },
];

const RETRIEVAL_COLUMNS: Column[] = DIRECTIONS.flatMap(({ id, title }) =>
  [1, 5, 10].map((k) => ({ id: `${id}@${k}`, title: `R@${k}`, group: title, better: 'higher' as const })),
);

/** Retrieval results of one profile on one set. */
export interface MeasuredRetrieval extends MeasuredResults {
  /** The set searched, e.g. `pictograms mini`. */
  set: string;
}

/** ALIP's retrieval table: a section for each published set, then one for each measured set. */
export function alipRetrievalTable(
  published: readonly PublishedRow[],
  measured: readonly MeasuredRetrieval[],
): Table {
  return {
    id: 'alip-retrieval',
    title: 'ALIP: zero-shot retrieval',
    labelTitle: 'Method',
    unit: 'recall within the first k, %',
    columns: RETRIEVAL_COLUMNS,
    sections: [
      ...publishedSections(published),
      ...measured.map((results) => measuredSection(results, {}, results.set)),
    ],
    footnotes: [
      'Image→text is what the paper calls text retrieval: the picture is the query.',
      ...footnotesOf(measured),
    ],
  };
}

/** The retrieval columns of a measured set of that size, for `MeasuredResults.columns`. */
export function retrievalColumns({
  pictures,
  texts,
}: {
  pictures: number;
  texts: number;
}): MeasuredResults['columns'] {
  const count = (column: Column) => (column.id.startsWith('imageToText') ? pictures : texts);
  return Object.fromEntries(
    RETRIEVAL_COLUMNS.map((column) => [column.id, { heading: column.title, count: count(column) }]),
  );
}

/**
 * ALIP's zero-shot table. The measured average covers the columns that have a mini counterpart, and its heading says how
 * many they are: it does not compare with the published average over eleven sets.
 */
export function alipZeroShotTable(
  published: readonly PublishedRow[],
  measured: readonly MeasuredResults[],
): Table {
  return {
    id: 'alip-zero-shot',
    title: 'ALIP: zero-shot classification',
    labelTitle: 'Method',
    unit: 'accuracy, %',
    columns: [...ALIP_COLUMNS, 'Average'].map((id) => ({ id, title: id, better: 'higher' })),
    sections: [...publishedSections(published), ...measured.map(zeroShotSection)],
    footnotes: [
      'Published accuracies are means per class on Caltech-101, Aircraft, Flowers-102 and Pets, top-1 elsewhere.',
      ...footnotesOf(measured.map((results) => onlyColumns(results, ALIP_COLUMNS))),
    ],
  };
}

function zeroShotSection(results: MeasuredResults) {
  const own = onlyColumns(results, ALIP_COLUMNS);
  const parts = Object.keys(own.columns);
  const section = measuredSection(own, { Average: parts });
  const mini = results.profile === 'paper' ? '' : ' mini';
  return { ...section, headings: { ...section.headings, Average: `Average of ${parts.length}${mini}` } };
}
