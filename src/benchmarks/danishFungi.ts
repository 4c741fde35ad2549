import { parseCsvTable } from '../files/csvTable';
import type { FileTree } from '../files/fileTree';
import type { BenchmarkFile, ClassificationBenchmark, LabelledPicture } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';
import { foundPictures } from './labelledPictures';
import { publishedPrompts } from './publishedPrompts';
import { withoutAuthors } from './scientificName';

const PLACE = 'http://ptak.felk.cvut.cz/plants/DanishFungiDataset';
const PICTURES: BenchmarkFile = {
  name: 'DF20-300px.tar.gz',
  address: `${PLACE}/DF20-300px.tar.gz`,
  unpacked: 'DF20_300',
};

/** The tables of a split in an archive of metadata: `DF20-public_test_metadata_PROD-2.csv`, `DanishFungi2024-train.csv`. */
const TABLES: Record<string, RegExp> = {
  train: /^(?!.*mini).*train[^/]*\.csv$/i,
  test: /^(?!.*mini).*test[^/]*\.csv$/i,
};

const SHARED = {
  task: 'classification',
  page: 'https://github.com/BohemianVRA/DanishFungiDataset',
  licence: 'non-commercial research; the repository says BSD as well',
  citation: 'Picek et al., Danish Fungi 2020 – not just another image recognition dataset, WACV 2022',
  tested: 'test',
  metric: 'top1',
  alsoReported: ['top3', 'macroF1'],
  classes: 1_604,
} as const;

const NOTES =
  'Pictures of at most 300 pixels; one class for each scientific name, put without its authors in the prompts, so that a few ' +
  'names may be equal. DALIP’s column Fungi is meta_album_fng_mini.';

/** Fungi of Denmark as in the paper of 2022. */
export const danishFungi2020: ClassificationBenchmark = danishFungi({
  id: 'danish_fungi_2020',
  title: 'Danish Fungi 2020 (300 px)',
  metadata: {
    name: 'DF20-metadata.zip',
    address: `${PLACE}/DF20-metadata.zip`,
    bytes: 29_089_651,
    unpacked: 'DF20-metadata',
  },
  splits: { train: 266_344, test: 29_594 },
  notes: 'Do not train on its train split: photographs of one fungus lie on both sides. Take 2024’s split.',
});

/** The same pictures in the split of 2024, which parts no observation. */
export const danishFungi2024: ClassificationBenchmark = danishFungi({
  id: 'danish_fungi_2024',
  title: 'Danish Fungi 2024 (300 px)',
  metadata: {
    name: 'DanishFungi2024.zip',
    address: `${PLACE}/DanishFungi2024.zip`,
    unpacked: 'DanishFungi2024',
  },
  splits: { train: 266_273, test: undefined },
  notes:
    'Tested are single pictures, not observations. Its test table should have 29,665 rows, which nobody here has seen.',
});

/** What differs between the two. */
interface Version {
  id: string;
  title: string;
  metadata: BenchmarkFile;
  splits: Record<string, number | undefined>;
  notes: string;
}

function danishFungi({ id, title, metadata, splits, notes }: Version): ClassificationBenchmark {
  return {
    ...SHARED,
    id,
    title,
    files: [PICTURES, metadata],
    splits,
    notes: `${notes} ${NOTES}`,
    prompts: async (files) => publishedPrompts(id, await classNames(await files.tree(metadata.name))),
    read: (files, split) => readSplit(files, metadata.name, split),
  };
}

/** The pictures that the split's table names, whose paths and endings are of the authors' own machine. */
async function* readSplit(
  files: BenchmarkFiles,
  metadata: string,
  split: string,
): AsyncGenerator<LabelledPicture> {
  const rows = await readTable(await files.tree(metadata), split);
  const open = new Map(rows.map(({ image_path, class_id }) => [stemOf(image_path), Number(class_id)]));
  const take = (path: string) => {
    const key = stemOf(path);
    const label = open.get(key);
    open.delete(key);
    return label === undefined ? undefined : { key, label };
  };
  yield* foundPictures(await files.tree(PICTURES.name), take);
  for (const key of open.keys()) files.absent(key);
}

/** By class id; the training table has all classes. */
async function classNames(tree: FileTree): Promise<string[]> {
  const names: string[] = [];
  for (const { class_id, scientificName } of await readTable(tree, 'train')) {
    names[Number(class_id)] ??= withoutAuthors(scientificName);
  }
  if (Object.keys(names).length === names.length) return names;
  throw new Error(
    `Expected every class id from 0 to ${names.length - 1} in the training table of ${tree.label}; get it again.`,
  );
}

async function readTable(tree: FileTree, split: string) {
  for await (const { name, content } of tree.files()) {
    const file = name.slice(name.lastIndexOf('/') + 1);
    if (!TABLES[split].test(file)) continue;
    const csv = (await content()).toString('utf8');
    const rows = parseCsvTable(csv, ['image_path', 'class_id', 'scientificName'], file);
    const wrong = rows.find(({ image_path, class_id }) => !image_path || !/^\d+$/.test(class_id));
    if (!wrong) return rows;
    throw new Error(
      `Expected a picture and a class id in each row of ${file}, got "${wrong.image_path}" and "${wrong.class_id}"; get it again.`,
    );
  }
  throw new Error(
    `Expected a table of the split "${split}" in ${tree.label}, but there is none; is it the right archive?`,
  );
}

/** `/Datasets/DF20/2238546328-30620.JPG` → `2238546328-30620` */
const stemOf = (path: string) => path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
