import type { FileTree } from '../files/fileTree';
import type { ClassificationBenchmark, LabelledPicture } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';
import { foundPictures, labelByFolder, labelledPictures, labelsByFolder } from './labelledPictures';
import { readList } from './lists';
import { publishedPrompts } from './publishedPrompts';

const PICTURES = 'SUN397.tar.gz';
const PARTITIONS = 'Partitions.zip';
const CLASSES = 'ClassName.txt';

/** The first of the authors' ten partitions. */
const LISTS: Record<string, string> = { train: 'Training_01.txt', test: 'Testing_01.txt' };

/** Photographs of scenes, from abbey to youth hostel, 397 classes. */
export const sun397: ClassificationBenchmark = {
  id: 'sun397',
  title: 'SUN397',
  task: 'classification',
  page: 'https://vision.princeton.edu/projects/2010/SUN/',
  licence: 'not verified; others state non-commercial research',
  citation:
    'Xiao, Hays, Ehinger, Oliva and Torralba, SUN database: large-scale scene recognition from abbey to zoo, CVPR 2010',
  files: [
    {
      name: PICTURES,
      address: 'https://vision.princeton.edu/projects/2010/SUN/SUN397.tar.gz',
      bytes: 39_077_296_924,
      md5: '8ca2778205c41d23104230ba66911c7a',
      sha256: 'f404130965a7ad77bed5ececc71e720ab50f3cc1e1bb257257610d38f3b928ec',
      unpacked: 'SUN397',
    },
    {
      name: PARTITIONS,
      address: 'https://vision.princeton.edu/projects/2010/SUN/download/Partitions.zip',
      bytes: 18_293_705,
      md5: '29a205c0a0129d21f36cbecfefe81881',
      sha256: 'e3311ea5f812d4cc6faef194688343d1111f6cd6f70f2c62f393c2b8d6ba1ec9',
      unpacked: 'Partitions',
    },
  ],
  // Of the whole set, its authors count 108,754 pictures and TensorFlow Datasets 108,753.
  splits: { train: 19_850, test: 19_850, all: undefined },
  tested: 'test',
  notes:
    'The first of ten published partitions, 50 pictures per class to train and 50 to test. Numbers from elsewhere often mean ' +
    'other pictures: CLIP_benchmark tests all 108,754 (split "all" here), TensorFlow Datasets and VTAB 21,750 drawn at ' +
    'random and saved anew as smaller JPEG, ALIP 19,850 drawn with a seed that differs from run to run. Some pictures are ' +
    'PNG, GIF or BMP by content, and a few are damaged.',
  metric: 'top1',
  classes: 397,
  prompts: async (files) => {
    const names = (await foldersIn(files)).map((folder) => folder.slice('a/'.length).replace(/[_/]/g, ' '));
    return publishedPrompts('sun397', names);
  },
  async *read(files, split) {
    const tree = await files.tree(PICTURES);
    if (split === 'all') yield* readAll(tree, await foldersIn(files));
    else yield* readListed(files, tree, split);
  },
};

/** The folders of the classes by label, such as `a/apartment_building/outdoor`. */
async function foldersIn(files: BenchmarkFiles): Promise<string[]> {
  return (await readList(await files.tree(PARTITIONS), CLASSES)).map(withoutSlash);
}

/** The lists have lines such as `/a/abbey/sun_ajkqrqitspwywirx.jpg`. */
async function* readListed(
  files: BenchmarkFiles,
  tree: FileTree,
  split: string,
): AsyncGenerator<LabelledPicture> {
  const list = LISTS[split];
  const pictures = (await readList(await files.tree(PARTITIONS), list)).map(withoutSlash);
  yield* labelledPictures(files, tree, labelsByFolder(`"${list}"`, pictures, await foldersIn(files)));
}

function readAll(tree: FileTree, folders: readonly string[]): AsyncGenerator<LabelledPicture> {
  const labelOf = labelByFolder(tree.label, folders);
  return foundPictures(tree, (name) => {
    const key = /(?:^|\/)([a-z]\/.+\/sun_[^/]+\.jpg)$/.exec(name)?.[1];
    return key ? { key, label: labelOf(key) } : undefined;
  });
}

const withoutSlash = (line: string) => line.replace(/^\//, '');
