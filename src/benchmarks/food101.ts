import type { ClassificationBenchmark, LabelledPicture } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';
import { labelledPictures, labelsByFolder } from './labelledPictures';
import { readList } from './lists';
import { publishedPrompts } from './publishedPrompts';

const ARCHIVE = 'food-101.tar.gz';

/** Photographs of dishes that guests of restaurants took, 101 classes. */
export const food101: ClassificationBenchmark = {
  id: 'food101',
  title: 'Food-101',
  task: 'classification',
  page: 'https://data.vision.ee.ethz.ch/cvl/datasets_extra/food-101/',
  licence: 'scientific fair use; the pictures belong to Foodspotting and its users (its page)',
  citation:
    'Bossard, Guillaumin and Van Gool, Food-101: mining discriminative components with random forests, ECCV 2014',
  files: [
    {
      name: ARCHIVE,
      address: 'http://data.vision.ee.ethz.ch/cvl/food-101.tar.gz',
      bytes: 4_996_278_331,
      md5: '85eeb15f3717b99a5da872d97d918f87',
      sha256: 'd97d15e438b7f4498f96086a4f7e2fa42a32f2712e87d3295441b2b6314053a4',
      unpacked: 'food-101',
    },
  ],
  splits: { train: 75_750, test: 25_250 },
  tested: 'test',
  notes:
    'Labels of the test pictures were checked by hand, those of the training pictures were left noisy on purpose. Classes ' +
    'are in torchvision’s and CLIP_benchmark’s order, sorted folders: “cheese plate” comes before “cheesecake”; the ' +
    'archive’s classes.txt and TensorFlow Datasets have the two the other way round.',
  metric: 'top1',
  classes: 101,
  prompts: async () => publishedPrompts('food101'),
  read: readListed,
};

/** The lists have lines such as `apple_pie/1011328`, of `images/apple_pie/1011328.jpg`. */
async function* readListed(files: BenchmarkFiles, split: string): AsyncGenerator<LabelledPicture> {
  const tree = await files.tree(ARCHIVE);
  const list = `meta/${split}.txt`;
  const pictures = (await readList(tree, list)).map((line) => `${line}.jpg`);
  const folders = publishedPrompts('food101').classes.map((name) => name.replaceAll(' ', '_'));
  yield* labelledPictures(files, tree, labelsByFolder(`"${list}"`, pictures, folders));
}
