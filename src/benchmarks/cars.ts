import { readFile } from 'node:fs/promises';
import { readNamed } from '../files/fileTree';
import { matlabValues, readMatlab } from '../files/matlab';
import { matlabTable } from '../files/matlabTable';
import type { BenchmarkFile, ClassificationBenchmark, LabelledPicture } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';
import { labelFromOne } from './labelFromOne';
import { labelledPictures } from './labelledPictures';
import { publishedPrompts } from './publishedPrompts';

const CLASSES = 196;
const DEVKIT = 'car_devkit.tgz';
const NAMES = 'cars_meta.mat';
const TRAIN_LABELS = 'cars_train_annos.mat';
const TEST_LABELS = 'cars_test_annos_withlabels.mat';

const archiveOf = (split: string) => `cars_${split}.tgz`;

const FILES: readonly BenchmarkFile[] = [
  {
    name: archiveOf('test'),
    bytes: 977_350_468,
    sha256: 'bffea656d6f425cba3c91c6d83336e4c5f86c6cffd8975b0f375d3a10da8e243',
    splits: ['test'],
    unpacked: 'cars_test',
  },
  {
    name: TEST_LABELS,
    bytes: 185_758,
    sha256: '790f75be8ea34eeded134cc559332baf23e30e91367e9ddca97d26ed9b895f05',
    splits: ['test'],
    instead: [`devkit/${TEST_LABELS}`],
  },
  {
    name: archiveOf('train'),
    bytes: 979_269_282,
    sha256: '512b227b30e2f0a8aab9e09485786ab4479582073a144998da74d64b801fd288',
    splits: ['train'],
    unpacked: 'cars_train',
  },
  {
    name: DEVKIT,
    bytes: 330_960,
    sha256: 'b97deb463af7d58b6bfaa18b2a4de9829f0f79e8ce663dfa9261bf7810e9accd',
    unpacked: 'devkit',
  },
];

/** Photographs of cars by make, model, body and year. */
export const cars: ClassificationBenchmark = {
  id: 'cars',
  title: 'Cars',
  task: 'classification',
  page: 'https://ai.stanford.edu/~jkrause/cars/car_dataset.html',
  licence: 'none stated; commonly taken to be for non-commercial research',
  citation:
    'Krause, Stark, Deng and Li, 3D object representations for fine-grained categorization, workshop 3dRR at ICCV 2013',
  // The authors' page is gone; the thread tells what people use since.
  files: FILES.map((file) => ({ ...file, page: 'https://github.com/pytorch/vision/issues/7545' })),
  splits: { train: 8_144, test: 8_041 },
  tested: 'test',
  notes:
    `The authors’ page is gone, and copies elsewhere often have other names or pictures encoded anew: the labels hold for ` +
    `the original names only, and pictures that do not decode to the original’s pixels give other numbers. The devkit’s ` +
    `own list of test pictures has no labels; they are in ${TEST_LABELS}. Class names are the archive’s, as ` +
    'CLIP_benchmark takes them; one has a “/” in it (“Ram C/V Cargo Van Minivan 2012”).',
  metric: 'top1',
  classes: CLASSES,
  prompts: async (files) => publishedPrompts('cars', await namesIn(files)),
  read: readAnnotated,
};

async function namesIn(files: BenchmarkFiles): Promise<string[]> {
  const content = await inDevkit(files, NAMES);
  const { class_names } = readMatlab(content, `"${NAMES}"`, ['class_names']);
  const cells = matlabValues(class_names, 'cells', `"class_names" in "${NAMES}"`);
  return cells.map((cell, i) => matlabValues(cell, 'texts', `"class_names{${i + 1}}" in "${NAMES}"`)[0]);
}

async function* readAnnotated(files: BenchmarkFiles, split: string): AsyncGenerator<LabelledPicture> {
  const list = split === 'test' ? TEST_LABELS : TRAIN_LABELS;
  const content =
    split === 'test' ? await readFile(files.path(TEST_LABELS)) : await inDevkit(files, TRAIN_LABELS);
  const rows = matlabTable(content, `"${list}"`, 'annotations', { fname: 'texts', class: 'numbers' });
  const labels = rows.map((row): [string, number] => [
    row.fname,
    labelFromOne(row.class, CLASSES, `"${row.fname}" in "${list}"`),
  ]);
  yield* labelledPictures(files, await files.tree(archiveOf(split)), new Map(labels));
}

async function inDevkit(files: BenchmarkFiles, name: string): Promise<Buffer> {
  return (await readNamed(await files.tree(DEVKIT), [name]))[name];
}
