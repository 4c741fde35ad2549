import type { ClassificationBenchmark, LabelledPicture } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';
import { labelledPictures } from './labelledPictures';
import { ranksOf, readList } from './lists';
import { publishedPrompts } from './publishedPrompts';

const ARCHIVE = 'fgvc-aircraft-2013b.tar.gz';
const NAMES = 'data/variants.txt';

/** Photographs of aircraft by variant, such as Boeing 737-700. */
export const fgvcAircraft: ClassificationBenchmark = {
  id: 'fgvc_aircraft',
  title: 'FGVC-Aircraft',
  task: 'classification',
  page: 'https://www.robots.ox.ac.uk/~vgg/data/fgvc-aircraft/',
  licence: 'for non-commercial research only (its page)',
  citation:
    'Maji, Rahtu, Kannala, Blaschko and Vedaldi, Fine-grained visual classification of aircraft, arXiv:1306.5151, 2013',
  files: [
    {
      name: ARCHIVE,
      address: 'https://www.robots.ox.ac.uk/~vgg/data/fgvc-aircraft/archives/fgvc-aircraft-2013b.tar.gz',
      bytes: 2_753_340_328,
      md5: 'd4acdd33327262359767eeaa97a4f732',
      sha256: 'e4e323d410e29f0370c81eabdcbb0e2b813acea1de22891b70b58ff41bfc9834',
      unpacked: 'fgvc-aircraft-2013b',
    },
  ],
  splits: { train: 3_334, val: 3_333, trainval: 6_667, test: 3_333 },
  tested: 'test',
  notes:
    'The 100 variants; the 70 families and 30 manufacturers give other numbers. The report of CLIP gives the mean per ' +
    'class, CLIP_benchmark both that and top-1. The authors ask to cut the copyright banner off, the lowest 20 rows of ' +
    'pixels; it is left here, as torchvision and CLIP_benchmark leave it.',
  metric: 'meanPerClass',
  classes: 100,
  prompts: async (files) =>
    publishedPrompts('fgvc_aircraft', await readList(await files.tree(ARCHIVE), NAMES)),
  read: readListed,
};

async function* readListed(files: BenchmarkFiles, split: string): AsyncGenerator<LabelledPicture> {
  const tree = await files.tree(ARCHIVE);
  const list = `data/images_variant_${split}.txt`;
  const ranks = ranksOf(await readList(tree, NAMES));
  const labels = (await readList(tree, list)).map((line) => parseLine(line, list, ranks));
  yield* labelledPictures(files, tree, new Map(labels));
}

/** `1514522 DHC-8-300`, `0522394 Model B200`: names hold spaces, numbers do not. */
function parseLine(line: string, list: string, ranks: ReadonlyMap<string, number>): [string, number] {
  const space = line.indexOf(' ');
  const label = ranks.get(line.slice(space + 1));
  if (space > 0 && label !== undefined) return [`${line.slice(0, space)}.jpg`, label];
  throw new Error(
    `Expected the number of a picture and one of the ${ranks.size} variants of "${NAMES}" in "${list}", got "${line}"; get it again.`,
  );
}
