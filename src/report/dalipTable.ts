import {
  footnotesOf,
  type MeanColumns,
  type MeasuredResults,
  measuredSection,
  onlyColumns,
} from './measured';
import { type PublishedRow, publishedSections } from './published';
import type { Column, Section, Table } from './table';

/** The five general columns of DALIP's table, in its order. */
export const GENERAL_COLUMNS = ['ImageNet-1K', 'CIFAR-100', 'Cars', 'Pets', 'SUN397'] as const;
/** The five plant columns of DALIP's table, in its order. */
export const PLANT_COLUMNS = ['PlantNet', 'Fungi', 'PlantVillage', 'Med. Leaf', 'PlantDoc'] as const;

/** `General` and `Plant` average five columns each; `Mean` averages the two, which are of equal size. */
export const DALIP_MEANS: MeanColumns = {
  General: GENERAL_COLUMNS,
  Plant: PLANT_COLUMNS,
  Mean: [...GENERAL_COLUMNS, ...PLANT_COLUMNS],
};

const accuracy = (id: string, group: string): Column => ({ id, title: id, group, better: 'higher' });

const COLUMNS: Column[] = [
  ...[...GENERAL_COLUMNS, 'General'].map((id) => accuracy(id, 'General')),
  ...[...PLANT_COLUMNS, 'Plant'].map((id) => accuracy(id, 'Plant')),
  accuracy('Mean', 'All'),
];

/** DALIP's table of zero-shot accuracy: the published rows, and below them each profile's mini counterparts. */
export function dalipTable(published: readonly PublishedRow[], measured: readonly MeasuredResults[]): Table {
  const own = measured.map((results) => onlyColumns(results, DALIP_MEANS.Mean));
  return {
    id: 'dalip',
    title: 'DALIP: zero-shot classification in the general and the plant domain',
    labelTitle: 'Model',
    unit: 'top-1 accuracy, %',
    columns: COLUMNS,
    sections: [
      ...publishedSections(published),
      ...own.map((results) => withMeanHeadings(measuredSection(results, DALIP_MEANS))),
    ],
    footnotes: footnotesOf(own),
  };
}

function withMeanHeadings(section: Section): Section {
  const headings = { General: 'General mini', Plant: 'Plant mini', Mean: 'Mean mini' };
  const mini = Object.values(section.headings ?? {}).some((heading) => heading.endsWith(' mini'));
  return mini ? { ...section, headings: { ...section.headings, ...headings } } : section;
}
