import { type GroceryClasses, parseGroceryClasses } from '../data/groceryClasses';
import { GROCERY_TEMPLATES, parseGrocerySplit } from '../data/groceryStore';
import { readNamed } from '../files/fileTree';
import type { ClassificationBenchmark } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';
import { labelledPictures } from './labelledPictures';

const ARCHIVE = 'GroceryStoreDataset-master.zip';
const CLASSES = 'classes.csv';

/** Fruit, vegetables and packages, photographed with a phone, in 81 fine classes. */
export const groceryStore: ClassificationBenchmark = {
  id: 'grocery_store',
  title: 'Grocery Store',
  task: 'classification',
  page: 'https://github.com/marcusklasson/GroceryStoreDataset',
  licence: 'MIT',
  citation:
    'Klasson, Zhang and Kjellström, A hierarchical grocery store image dataset with visual and semantic labels, WACV 2019',
  files: [
    {
      name: ARCHIVE,
      address: 'https://github.com/marcusklasson/GroceryStoreDataset/archive/refs/heads/master.zip',
      unpacked: 'GroceryStoreDataset-master',
    },
  ],
  splits: { train: 2_640, val: 296, test: 2_485 },
  tested: 'test',
  metric: 'top1',
  classes: 81,
  notes: 'No set of DALIP’s or ALIP’s tables. Class names are put in words: "anjou pear" for Anjou.',
  prompts: async (files) => ({
    classes: (await readClasses(files)).fine.map(({ name }) => name),
    templates: GROCERY_TEMPLATES,
  }),
  async *read(files, split) {
    const tree = await files.tree(ARCHIVE);
    const list = `${split}.txt`;
    const lines = (await readNamed(tree, [list]))[list].toString('utf8');
    const pictures = parseGrocerySplit(lines, list, await readClasses(files));
    yield* labelledPictures(files, tree, new Map(pictures.map(({ path, fine }) => [path, fine])));
  },
};

async function readClasses(files: BenchmarkFiles): Promise<GroceryClasses> {
  const content = (await readNamed(await files.tree(ARCHIVE), [CLASSES]))[CLASSES];
  return parseGroceryClasses(content.toString('utf8'), () => undefined);
}
