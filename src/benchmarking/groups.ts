import { ALIP_COLUMNS, GENERAL_COLUMNS, PLANT_COLUMNS } from '../report';

/** Benchmarks that a paper reports together: its columns, in its order, and the sets they are measured on. */
export interface BenchmarkGroup {
  id: 'dalip' | 'alip';
  /** Published column → id of the benchmark. */
  columns: Record<string, string>;
  /** Published retrieval set → id of the benchmark. */
  retrieval: Record<string, string>;
  /** The columns that are means per class; the others are top-1. */
  meanPerClass: readonly string[];
}

const SETS: Record<string, string> = {
  'ImageNet-1K': 'imagenet1k',
  'CIFAR-10': 'cifar10',
  'CIFAR-100': 'cifar100',
  Cars: 'cars',
  Pets: 'pets',
  SUN397: 'sun397',
  'Food-101': 'food101',
  'Flowers-102': 'flowers',
  DTD: 'dtd',
  'Caltech-101': 'caltech101',
  Aircraft: 'fgvc_aircraft',
  PlantNet: 'meta_album_plt_net_mini',
  Fungi: 'meta_album_fng_mini',
  PlantVillage: 'meta_album_plt_vil_mini',
  'Med. Leaf': 'meta_album_med_lf_mini',
  PlantDoc: 'meta_album_plt_doc_mini',
};

const setsOf = (columns: readonly string[]) =>
  Object.fromEntries(columns.map((column) => [column, SETS[column]]));

/** DALIP's table: all columns top-1, its plant columns Meta-Album's Mini sets, as far as anyone can tell. */
const DALIP: BenchmarkGroup = {
  id: 'dalip',
  columns: setsOf([...GENERAL_COLUMNS, ...PLANT_COLUMNS]),
  retrieval: {},
  meanPerClass: [],
};

/** ALIP's tables of zero-shot accuracy and of retrieval. */
const ALIP: BenchmarkGroup = {
  id: 'alip',
  columns: setsOf(ALIP_COLUMNS),
  retrieval: { Flickr30k: 'flickr30k', MSCOCO: 'mscoco_captions' },
  meanPerClass: ['Caltech-101', 'Aircraft', 'Flowers-102', 'Pets'],
};

export const BENCHMARK_GROUPS: readonly BenchmarkGroup[] = [DALIP, ALIP];

/** Ids of the benchmarks asked for, groups in their papers' order, each once. */
export function expandGroups(asked: readonly string[]): string[] {
  const ids = asked.flatMap((name) => {
    const group = BENCHMARK_GROUPS.find(({ id }) => id === name);
    return group ? [...Object.values(group.columns), ...Object.values(group.retrieval)] : [name];
  });
  return [...new Set(ids)];
}
