import type { FileTree } from '../files/fileTree';
import type { ClassificationBenchmark } from './benchmark';
import { classFolders, folderPictures } from './classFolders';
import { publishedPrompts } from './publishedPrompts';

const ARCHIVE = 'nnytj2v3n5-1.zip';
const CLASSES = 30;
const FOLDERS = ['Segmented Medicinal Leaf Images'];

/** Single leaves of Indian medicinal plants on white. */
export const medicinalLeaf: ClassificationBenchmark = {
  id: 'medicinal_leaf',
  title: 'Medicinal Leaf (whole)',
  task: 'classification',
  page: 'https://data.mendeley.com/datasets/nnytj2v3n5/1',
  licence: 'CC BY 4.0 (not verified)',
  citation: 'Roopashree and Anitha, Medicinal leaf dataset, Mendeley Data, version 1, 2020',
  files: [{ name: ARCHIVE, unpacked: 'Medicinal Leaf Dataset' }],
  splits: { all: 1_835 },
  tested: 'all',
  metric: 'top1',
  classes: CLASSES,
  notes:
    'The page counts 1,500 pictures, once of 30 and once of 40 species; its archive has 1,835 of 30, as those say who unpacked ' +
    'it. There is no split: say yours if you make one. Names are botanical with the common one in brackets, as the folders ' +
    'are. Later sets of similar name are others, and DALIP’s column Med. Leaf is meta_album_med_lf_mini.',
  prompts: async (files) => publishedPrompts('medicinal_leaf', await foldersIn(await files.tree(ARCHIVE))),
  async *read(files) {
    const tree = await files.tree(ARCHIVE);
    yield* folderPictures(tree, await foldersIn(tree), FOLDERS);
  },
};

const foldersIn = (tree: FileTree) => classFolders(tree, CLASSES, FOLDERS);
