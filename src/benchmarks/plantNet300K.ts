import { readNamed } from '../files/fileTree';
import type { ClassificationBenchmark } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';
import { folderPictures } from './classFolders';
import { publishedPrompts } from './publishedPrompts';
import { withoutAuthors } from './scientificName';

const ARCHIVE = 'plantnet_300K.zip';
const NAMES = 'plantnet300K_species_id_2_name.json';

/** Plants as the users of Pl@ntNet photograph them, 1,081 species, few of them with many pictures. */
export const plantNet300K: ClassificationBenchmark = {
  id: 'plantnet_300k',
  title: 'PlantNet-300K',
  task: 'classification',
  page: 'https://zenodo.org/records/5645731',
  licence: 'Creative Commons, one for each picture: see plantnet300K_metadata.json',
  citation:
    'Garcin et al., Pl@ntNet-300K: a plant image dataset with high label ambiguity and a long-tailed distribution, NeurIPS 2021',
  files: [
    {
      name: ARCHIVE,
      address: 'https://zenodo.org/records/5645731/files/plantnet_300K.zip',
      unpacked: 'plantnet_300K',
    },
  ],
  splits: { train: 243_916, val: 31_118, test: 31_112 },
  tested: 'test',
  metric: 'top1',
  alsoReported: ['meanPerClass'],
  classes: 1_081,
  notes:
    'Version 1.1, about 31 GB; version 2 has other classes and folders. Give the mean per class, too: 80 % of the species ' +
    'have 11 % of the pictures. Names are scientific, without their authors; most species have no other here. DALIP’s column ' +
    'PlantNet is meta_album_plt_net_mini.',
  prompts: async (files) => publishedPrompts('plantnet_300k', (await speciesOf(files)).map(nameOf)),
  async *read(files, split) {
    const folders = (await speciesOf(files)).map(([id]) => id);
    yield* folderPictures(await files.tree(ARCHIVE), folders, [split, `images_${split}`]);
  },
};

type Species = readonly [id: string, name: string];

const nameOf = ([, name]: Species) => withoutAuthors(name);

/** In the order of the ids as text, which is that of `class_idx_to_species_id.json` and of the published weights. */
async function speciesOf(files: BenchmarkFiles): Promise<Species[]> {
  const tree = await files.tree(ARCHIVE);
  const content = (await readNamed(tree, [NAMES]))[NAMES].toString('utf8');
  try {
    const species = Object.entries(JSON.parse(content) as Record<string, string>);
    return species.sort(([a], [b]) => (a < b ? -1 : 1));
  } catch (error) {
    throw new Error(
      `Expected names by species id in "${NAMES}", but it is no JSON (${(error as Error).message}); get it again.`,
    );
  }
}
