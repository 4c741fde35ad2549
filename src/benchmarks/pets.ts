import type { ClassificationBenchmark, LabelledPicture } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';
import { labelledPictures } from './labelledPictures';
import { readList } from './lists';
import { publishedPrompts } from './publishedPrompts';

const PICTURES = 'images.tar.gz';
const ANNOTATIONS = 'annotations.tar.gz';

/** Photographs of cats and dogs, 37 breeds. */
export const pets: ClassificationBenchmark = {
  id: 'pets',
  title: 'Pets',
  task: 'classification',
  page: 'https://www.robots.ox.ac.uk/~vgg/data/pets/',
  licence: 'CC BY-SA 4.0 (its page)',
  citation: 'Parkhi, Vedaldi, Zisserman and Jawahar, Cats and dogs, CVPR 2012',
  files: [
    {
      name: PICTURES,
      address: 'https://www.robots.ox.ac.uk/~vgg/data/pets/data/images.tar.gz',
      bytes: 791_918_971,
      md5: '5c4f3ee8e5d25df40f4fd59a7f44e54c',
      sha256: '67195c5e1c01f1ab5f9b6a5d22b8c27a580d896ece458917e61d459337fa318d',
      unpacked: 'images',
    },
    {
      name: ANNOTATIONS,
      address: 'https://www.robots.ox.ac.uk/~vgg/data/pets/data/annotations.tar.gz',
      bytes: 19_173_078,
      md5: '95a8c909bbe2e81eed6a22bccdf3f68f',
      sha256: '52425fb6de5c424942b7626b428656fcbd798db970a937df61750c0f1d358e91',
      unpacked: 'annotations',
    },
  ],
  splits: { trainval: 3_680, test: 3_669 },
  tested: 'test',
  notes:
    'The report of CLIP gives the mean per class, CLIP_benchmark both that and top-1. Some pictures have another format than ' +
    'their names say or damaged data; TensorFlow Datasets encodes 12 of them anew, CLIP_benchmark takes them as they are.',
  metric: 'meanPerClass',
  classes: 37,
  prompts: async () => publishedPrompts('pets'),
  read: readListed,
};

async function* readListed(files: BenchmarkFiles, split: string): AsyncGenerator<LabelledPicture> {
  const list = `${split}.txt`;
  const lines = await readList(await files.tree(ANNOTATIONS), list);
  const classes = publishedPrompts('pets').classes.map((name) => name.toLowerCase());
  const labels = new Map(lines.map((line) => parseLine(line, list, classes)));
  yield* labelledPictures(files, await files.tree(PICTURES), labels);
}

/** `english_setter_7 14 2 8`: the picture, its class from 1, species, breed within the species. */
function parseLine(line: string, list: string, classes: readonly string[]): [string, number] {
  const [picture, number] = line.split(' ');
  const label = Number(number) - 1;
  const breed = picture.replace(/_\d+$/, '').replaceAll('_', ' ').toLowerCase();
  if (classes[label] === breed) return [`${picture}.jpg`, label];
  throw new Error(
    `Expected a picture and its class from 1 to ${classes.length} in "${list}", got "${line}"` +
      `${classes.includes(breed) ? `, though "${breed}" is class ${classes.indexOf(breed) + 1}` : ''}; get it again.`,
  );
}
