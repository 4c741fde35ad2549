import { readNamed } from '../files/fileTree';
import type { BenchmarkFile, ClassificationBenchmark, LabelledPicture } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';
import { binaryForm, type CifarForm, pickledForm, SIDE } from './cifarRecords';
import { publishedPrompts } from './publishedPrompts';

/** What differs between the two sets. */
interface CifarSet {
  id: string;
  title: string;
  classes: number;
  /** In the binary form. */
  file: BenchmarkFile;
  binary: CifarForm;
  /** The archive for Python and the folder that it unpacks to. */
  pickledPlaces: readonly string[];
  pickled: CifarForm;
}

const ORIGIN = 'https://www.cs.toronto.edu/~kriz';

const FIVE = [1, 2, 3, 4, 5];

/** Photographs of 32×32 pixels, ten classes. */
export const cifar10 = cifar({
  id: 'cifar10',
  title: 'CIFAR-10',
  classes: 10,
  file: {
    name: 'cifar-10-binary.tar.gz',
    bytes: 170_052_171,
    sha256: 'c4a38c50',
    unpacked: 'cifar-10-batches-bin',
  },
  binary: binaryForm(
    { train: FIVE.map((part) => `data_batch_${part}.bin`), test: ['test_batch.bin'] },
    'batches.meta.txt',
    [10],
  ),
  pickledPlaces: ['cifar-10-python.tar.gz', 'cifar-10-batches-py'],
  pickled: pickledForm(
    { train: FIVE.map((part) => `data_batch_${part}`), test: ['test_batch'] },
    'batches.meta',
    { names: 'label_names', labels: 'labels' },
    10,
  ),
});

/** Photographs of 32×32 pixels, a hundred fine classes. */
export const cifar100 = cifar({
  id: 'cifar100',
  title: 'CIFAR-100',
  classes: 100,
  file: {
    name: 'cifar-100-binary.tar.gz',
    bytes: 168_513_733,
    sha256: '58a81ae1',
    unpacked: 'cifar-100-binary',
  },
  binary: binaryForm({ train: ['train.bin'], test: ['test.bin'] }, 'fine_label_names.txt', [20, 100]),
  pickledPlaces: ['cifar-100-python.tar.gz', 'cifar-100-python'],
  pickled: pickledForm(
    { train: ['train'], test: ['test'] },
    'meta',
    { names: 'fine_label_names', labels: 'fine_labels' },
    100,
  ),
});

function cifar(set: CifarSet): ClassificationBenchmark {
  const { id, title, classes, file, pickledPlaces } = set;
  return {
    id,
    title,
    task: 'classification',
    page: `${ORIGIN}/cifar.html`,
    licence: 'none stated',
    citation: 'Krizhevsky, Learning multiple layers of features from tiny images, 2009',
    files: [{ ...file, address: `${ORIGIN}/${file.name}`, instead: pickledPlaces }],
    splits: { train: 50_000, test: 10_000 },
    tested: 'test',
    metric: 'top1',
    classes,
    prompts: async (files) => publishedPrompts(id, await namesIn(files, set)),
    read: (files, split) => readSplit(files, split, set),
  };
}

/** The form that is here. */
function formIn(files: BenchmarkFiles, { file, binary, pickled, pickledPlaces }: CifarSet): CifarForm {
  const place = files.place(file.name);
  return pickledPlaces.some((name) => place.endsWith(name)) ? pickled : binary;
}

async function namesIn(files: BenchmarkFiles, set: CifarSet): Promise<string[]> {
  const { names, readNames } = formIn(files, set);
  const content = (await readNamed(await files.tree(set.file.name), [names]))[names];
  return readNames(content, names).map((name) => name.replaceAll('_', ' '));
}

async function* readSplit(
  files: BenchmarkFiles,
  split: string,
  set: CifarSet,
): AsyncGenerator<LabelledPicture> {
  const { splits, readRecords } = formIn(files, set);
  const contents = await readNamed(await files.tree(set.file.name), splits[split]);
  for (const name of splits[split]) {
    let record = 0;
    for (const { label, data } of readRecords(contents[name], name)) {
      yield { key: `${name}/${record++}`, label, image: { width: SIDE, height: SIDE, data } };
    }
  }
}
