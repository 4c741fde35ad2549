import type { ClassificationBenchmark } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';
import { classFolders, folderPictures } from './classFolders';
import { publishedPrompts } from './publishedPrompts';

const REVISION = '5467f6012d78d1c446145d5f582da6096f852ae8';
const CLASSES = 27;
const ARCHIVE = `PlantDoc-Dataset-${REVISION}.zip`;

/** The folder of a split; older revisions write it in capitals. */
const foldersOf = (split: string) => [split, split.toUpperCase()];

/** Leaves, ill and healthy, in the field: pictures found on the web. */
export const plantDoc: ClassificationBenchmark = {
  id: 'plantdoc',
  title: 'PlantDoc',
  task: 'classification',
  page: 'https://github.com/pratikkayal/PlantDoc-Dataset',
  licence: 'CC BY 4.0',
  citation: 'Singh et al., PlantDoc: a dataset for visual plant disease detection, CoDS-COMAD 2020',
  files: [
    {
      name: ARCHIVE,
      address: `https://github.com/pratikkayal/PlantDoc-Dataset/archive/${REVISION}.zip`,
      unpacked: `PlantDoc-Dataset-${REVISION}`,
    },
  ],
  splits: { train: 2_340, test: 236 },
  tested: 'test',
  metric: 'top1',
  alsoReported: ['macroF1'],
  classes: CLASSES,
  notes:
    'Classes are those with test pictures; two training pictures of a 28th, "Tomato two spotted spider mites leaf", are left out. ' +
    'The paper counts 2,598 pictures. Some classes have few test pictures, labels are noisy, and crops or copies of one ' +
    'picture lie on both sides. Tools that cannot write "?" in names lose pictures: leave the archive packed. DALIP’s column ' +
    'PlantDoc is meta_album_plt_doc_mini.',
  prompts: async (files) => {
    const folders = await testFolders(files);
    return publishedPrompts(
      'plantdoc',
      folders.map((folder) => folder.replaceAll('_', ' ')),
    );
  },
  async *read(files, split) {
    yield* folderPictures(await files.tree(ARCHIVE), await testFolders(files), foldersOf(split));
  },
};

const testFolders = async (files: BenchmarkFiles) =>
  classFolders(await files.tree(ARCHIVE), CLASSES, foldersOf('test'));
