import { readFile } from 'node:fs/promises';
import { matlabValues, readMatlab } from '../files/matlab';
import type { ClassificationBenchmark, LabelledPicture } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';
import { labelFromOne } from './labelFromOne';
import { labelledPictures } from './labelledPictures';
import { publishedPrompts } from './publishedPrompts';

const CLASSES = 102;
const ADDRESS = 'https://www.robots.ox.ac.uk/~vgg/data/flowers/102';
const PICTURES = '102flowers.tgz';
const LABELS = 'imagelabels.mat';
const SPLITS = 'setid.mat';

/** The variable of `SPLITS` that numbers the pictures of a split. */
const IDS: Record<string, string> = { train: 'trnid', val: 'valid', test: 'tstid' };

/** Photographs of flowers that are common in the United Kingdom. */
export const flowers: ClassificationBenchmark = {
  id: 'flowers',
  title: 'Flowers-102',
  task: 'classification',
  page: `${ADDRESS}/`,
  licence: 'none stated',
  citation:
    'Nilsback and Zisserman, Automated flower classification over a large number of classes, ICVGIP 2008',
  files: [
    {
      name: PICTURES,
      address: `${ADDRESS}/${PICTURES}`,
      bytes: 344_862_509,
      md5: '52808999861908f626f3c1f4e79d11fa',
      sha256: '2d01ecc807db462958cfe3d92f57a8c252b4abd240eb955770201e45f783b246',
      unpacked: 'jpg',
    },
    {
      name: LABELS,
      address: `${ADDRESS}/${LABELS}`,
      bytes: 502,
      md5: 'e0620be6f572b9609742df49c70aed4d',
      sha256: '4903e94206bac23bf772aadf06451916df56b58fc483a62db32a97b82656651d',
    },
    {
      name: SPLITS,
      address: `${ADDRESS}/${SPLITS}`,
      bytes: 14_989,
      md5: 'a5357ecc9cb78c4bef273ce3793fc85c',
      sha256: '46b8678f91fd95d3c8f4feab80d271a6c834a1dd896fe29fd3e6ad9ce5c8dccd',
    },
  ],
  splits: { train: 1_020, val: 1_020, test: 6_149 },
  tested: 'test',
  notes:
    'The report of CLIP gives the mean per class, CLIP_benchmark both that and top-1. Some code takes the large split ' +
    '(tstid) to train and tests the small one (trnid); some old readers count labels from 1. Class names are not in the ' +
    'archive: they are CLIP’s, with “pink and yellow dahlia” for the authors’ “pink-yellow dahlia?”.',
  metric: 'meanPerClass',
  classes: CLASSES,
  prompts: async () => publishedPrompts('flowers'),
  read: readNumbered,
};

/** Picture 1 is `image_00001.jpg`, and its class the first of all labels; a split is a list of pictures' numbers. */
async function* readNumbered(files: BenchmarkFiles, split: string): AsyncGenerator<LabelledPicture> {
  const classes = await numbersIn(files, LABELS, 'labels');
  const numbers = await numbersIn(files, SPLITS, IDS[split]);
  const labels = Array.from(numbers, (number): [string, number] => {
    const picture = `image_${String(number).padStart(5, '0')}.jpg`;
    return [picture, labelFromOne(classes[number - 1], CLASSES, `"${picture}" in "${LABELS}"`)];
  });
  yield* labelledPictures(files, await files.tree(PICTURES), new Map(labels));
}

async function numbersIn(files: BenchmarkFiles, file: string, variable: string): Promise<Float64Array> {
  const content = await readFile(files.path(file));
  return matlabValues(
    readMatlab(content, `"${file}"`, [variable])[variable],
    'numbers',
    `"${variable}" in "${file}"`,
  );
}
