import { readFile } from 'node:fs/promises';
import type { ClassificationBenchmark } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';
import { classFolders, folderPictures } from './classFolders';
import { labelledPictures, labelsByFolder } from './labelledPictures';
import { checkCount, listLines } from './lists';
import { publishedPrompts } from './publishedPrompts';

/** The authors' own copy, at the revision whose lists and archive belong together. */
const HUB =
  'https://huggingface.co/datasets/mohanty/PlantVillage/resolve/9e97599868962bd0079b8db4b7f1efa9185fa1e7';
const ARCHIVE = 'data.zip';
const CLASSES = 38;
const listOf = (split: string) => `color_${split}.txt`;

const NOTES =
  'Names are put in words: "tomato leaf with Late blight", "healthy apple leaf"; the spelling is the authors’. The plain ground ' +
  'gives classes away: accuracies say little about fields. DALIP’s column PlantVillage is meta_album_plt_vil_mini.';

/** Single leaves, ill and healthy, in the authors' split, which keeps photographs of one leaf on one side. */
export const plantVillage: ClassificationBenchmark = {
  id: 'plantvillage',
  title: 'PlantVillage (leaf-grouped split)',
  task: 'classification',
  page: 'https://github.com/spMohanty/PlantVillage-Dataset',
  licence: 'CC BY-SA 3.0, as the authors’ card says; their repository says none',
  citation:
    'Mohanty, Hughes and Salathé, Using deep learning for image-based plant disease detection, Frontiers in Plant Science 2016',
  files: [
    {
      name: ARCHIVE,
      address: `${HUB}/data.zip`,
      bytes: 2_184_723_441,
      sha256: 'fba30c6a7965e49be94b47a62f8aff6cfb1c35c27f475f22092b56db41745e84',
      unpacked: 'raw',
    },
    { name: listOf('test'), address: `${HUB}/splits/color_test.txt`, bytes: 1_018_650 },
    { name: listOf('train'), address: `${HUB}/splits/color_train.txt`, bytes: 4_151_500, splits: ['train'] },
  ],
  splits: { train: 43_596, test: 10_709 },
  tested: 'test',
  metric: 'top1',
  alsoReported: ['macroF1'],
  classes: CLASSES,
  notes:
    'The colour photographs only: the archive has each in grey and cut out besides. The leaf is known of three quarters of the ' +
    `pictures; the rest may have copies on both sides. Papers mostly split by picture, which inflates results. ${NOTES}`,
  prompts: async (files) => {
    const folders = await testFolders(files);
    return publishedPrompts('plantvillage', folders.map(leafName));
  },
  async *read(files, split) {
    const pictures = await picturesOf(files, split);
    const labels = labelsByFolder(`"${listOf(split)}"`, pictures, await testFolders(files));
    yield* labelledPictures(files, await files.tree(ARCHIVE), labels);
  },
};

const MENDELEY = 'Plant_leaf_diseases_dataset_without_augmentation.zip';
const NO_LEAF = 'Background_without_leaves';

/** The same photographs, renamed, as many know them from TensorFlow Datasets. */
export const plantVillageMendeley: ClassificationBenchmark = {
  id: 'plantvillage_mendeley',
  title: 'PlantVillage (Mendeley, whole)',
  task: 'classification',
  page: 'https://data.mendeley.com/datasets/tywbtsjrjv/1',
  licence: 'CC0 1.0',
  citation:
    'Geetharamani and Pandian, Identification of plant leaf diseases using a nine-layer deep convolutional neural network, Computers and Electrical Engineering 2019',
  files: [
    {
      name: MENDELEY,
      address:
        'https://data.mendeley.com/public-files/datasets/tywbtsjrjv/files/d5652a28-c1d8-4b76-97f3-72fb80f94efc/file_downloaded',
      bytes: 868_032_562,
      sha256: 'ac3432453984d02a86197987e775a5429d0d59e7cc7c35bcf5a8f50349b90ff0',
      unpacked: 'Plant_leave_diseases_dataset_without_augmentation',
    },
  ],
  splits: { all: 54_303 },
  tested: 'all',
  metric: 'top1',
  alsoReported: ['macroF1'],
  classes: CLASSES,
  notes:
    'There is no split, and do not make one: several photographs show one leaf, and the files no longer say which. Pictures ' +
    `without a leaf are left out. ${NOTES}`,
  prompts: async (files) =>
    publishedPrompts('plantvillage_mendeley', (await mendeleyFolders(files)).map(leafName)),
  async *read(files) {
    yield* folderPictures(await files.tree(MENDELEY), await mendeleyFolders(files));
  },
};

async function mendeleyFolders(files: BenchmarkFiles): Promise<string[]> {
  const folders = await classFolders(await files.tree(MENDELEY), CLASSES + 1);
  return folders.filter((folder) => folder !== NO_LEAF);
}

/** Pictures as `color/<folder>/<picture>`: what an archive's paths end in, and those of what it unpacks to. */
async function picturesOf(files: BenchmarkFiles, split: string): Promise<string[]> {
  const lines = listLines(await readFile(files.path(listOf(split))));
  return lines.map((line) => line.replace(/^raw\//, ''));
}

/** The folders of the classes by label: both splits have pictures of all. */
async function testFolders(files: BenchmarkFiles): Promise<string[]> {
  const pictures = await picturesOf(files, 'test');
  const folders = new Set(pictures.map((picture) => picture.slice(0, picture.lastIndexOf('/'))));
  return checkCount([...folders].sort(), CLASSES, `"${listOf('test')}"`);
}

/** `color/Tomato___Late_blight` → "tomato leaf with Late blight", `Pepper,_bell___healthy` → "healthy bell pepper leaf" */
function leafName(folder: string): string {
  const [crop, disease = ''] = folder.slice(folder.lastIndexOf('/') + 1).split('___');
  const words = (text: string) => text.replaceAll('_', ' ').trim();
  const plant = words(crop).toLowerCase().split(', ').reverse().join(' ');
  return disease === 'healthy' ? `healthy ${plant} leaf` : `${plant} leaf with ${words(disease)}`;
}
