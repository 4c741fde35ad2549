import type { ClassificationBenchmark, LabelledPicture } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';
import { labelledPictures, labelsByFolder } from './labelledPictures';
import { readList } from './lists';
import { publishedPrompts } from './publishedPrompts';

const ARCHIVE = 'dtd-r1.0.1.tar.gz';

/** Photographs of textures, named by the word that describes them best, 47 classes. */
export const dtd: ClassificationBenchmark = {
  id: 'dtd',
  title: 'DTD',
  task: 'classification',
  page: 'https://www.robots.ox.ac.uk/~vgg/data/dtd/',
  licence: 'for research (its page)',
  citation: 'Cimpoi, Maji, Kokkinos, Mohamed and Vedaldi, Describing textures in the wild, CVPR 2014',
  files: [
    {
      name: ARCHIVE,
      address: 'https://www.robots.ox.ac.uk/~vgg/data/dtd/download/dtd-r1.0.1.tar.gz',
      bytes: 625_239_812,
      md5: 'fff73e5086ae6bdbea199a49dfb8a4c1',
      sha256: 'e42855a52a4950a3b59612834602aa253914755c95b0cff9ead6d07395f8e205',
      unpacked: 'dtd',
    },
  ],
  splits: { train: 1_880, val: 1_880, test: 1_880 },
  tested: 'test',
  notes:
    'The first of ten partitions, as torchvision, CLIP_benchmark and VTAB take it; papers of its own time give the mean ' +
    'over all ten, and some evaluators test all 5,640 pictures. Each picture has one class here, though other words may ' +
    'describe it too (labels_joint_anno.txt).',
  metric: 'top1',
  classes: 47,
  prompts: async () => publishedPrompts('dtd'),
  read: readListed,
};

/** The lists have lines such as `banded/banded_0002.jpg`, of `images/banded/banded_0002.jpg`. */
async function* readListed(files: BenchmarkFiles, split: string): AsyncGenerator<LabelledPicture> {
  const tree = await files.tree(ARCHIVE);
  const list = `labels/${split}1.txt`;
  const { classes } = publishedPrompts('dtd');
  yield* labelledPictures(files, tree, labelsByFolder(`"${list}"`, await readList(tree, list), classes));
}
