import { type FileTree, treeOf } from '../files/fileTree';
import type { ClassificationBenchmark, LabelledPicture } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';
import { classFolders, folderPictures } from './classFolders';
import { publishedPrompts } from './publishedPrompts';

const ARCHIVE = 'caltech-101.zip';
const PICTURES = '101_ObjectCategories';
const CLASSES = 102;

/** Pictures of objects in 101 classes, and of anything else in one more. */
export const caltech101: ClassificationBenchmark = {
  id: 'caltech101',
  title: 'Caltech-101',
  task: 'classification',
  page: 'https://data.caltech.edu/records/mzrjq-6wc02',
  licence: 'CC BY 4.0 (its page)',
  citation:
    'Fei-Fei, Fergus and Perona, Learning generative visual models from few training examples, CVPR workshop 2004',
  files: [
    {
      name: ARCHIVE,
      address: 'https://data.caltech.edu/records/mzrjq-6wc02/files/caltech-101.zip',
      bytes: 137_414_764,
      md5: '3138e1922a9193bfa496528edbbc45d0',
      sha256: '331234750fc7f77520e50d9565e8b6907b03565e30320da1401130db08c61f91',
      unpacked: 'caltech-101',
      instead: [`${PICTURES}.tar.gz`, PICTURES],
    },
  ],
  splits: { all: 9_144 },
  tested: 'all',
  notes:
    'It has no official split. All pictures of all 102 folders are tested, as CLIP_benchmark’s "caltech101" does, ' +
    'BACKGROUND_Google with its 467 among them; torchvision leaves that folder out (8,677 pictures, 101 classes). ' +
    'CLIP_benchmark’s "vtab/caltech101" tests the 6,085 pictures that TensorFlow Datasets did not draw for training; which ' +
    'those are depends on the order in which a file system lists folders, so they cannot be drawn again here, and numbers ' +
    'on them differ. ALIP draws a random 5,677. Faces and Faces_easy show the same photographs, whole and cropped.',
  metric: 'meanPerClass',
  classes: CLASSES,
  prompts: async () => publishedPrompts('caltech101'),
  read: readAll,
};

/** Labels follow the order of the folders' names by character code, as CLIP_benchmark sorts them: capitals come first. */
async function* readAll(files: BenchmarkFiles): AsyncGenerator<LabelledPicture> {
  const tree = await pictureTree(await files.tree(ARCHIVE));
  yield* folderPictures(tree, await classFolders(tree, CLASSES));
}

/** The archive inside the published one, which fits in memory (131 MB); or the tree itself, where it holds the pictures. */
async function pictureTree(tree: FileTree): Promise<FileTree> {
  for await (const { name, content } of tree.files()) {
    if (/\.jpg$/.test(name)) return tree;
    if (`/${name}`.endsWith(`/${PICTURES}.tar.gz`))
      return treeOf(await content(), `"${name}" in ${tree.label}`);
  }
  throw new Error(`Expected "${PICTURES}.tar.gz", or what is in it, in ${tree.label}; is it whole?`);
}
