import { parseCsvTable } from '../files/csvTable';
import { readNamed } from '../files/fileTree';
import type { ClassificationBenchmark } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';
import { labelledPictures } from './labelledPictures';
import { checkCount, ranksOf } from './lists';
import { publishedPrompts } from './publishedPrompts';

/** What differs between the sets. */
interface MetaAlbumSet {
  /** Meta-Album's name, `PLT_NET`. */
  name: string;
  title: string;
  /** The number of the Mini form on OpenML. */
  openml: number;
  classes: number;
  /** As Meta-Album states it. */
  licence: string;
  notes: string;
}

const LABELS = 'labels.csv';

const NOTES =
  'A column of DALIP’s and BioCLIP’s tables: 128×128 pictures, 40 of each class, all of them tested. BioCLIP takes the class ' +
  'strings as they stand in the file (underscores, authors, brackets) with ImageNet’s 80 templates; so does this. With 1,000 ' +
  'pictures an accuracy near 50 % has a standard error of 1.6 points.';

/** PlantNet of the papers: 25 plants of PlantNet-300K. */
export const metaAlbumPlantNet = metaAlbum({
  name: 'PLT_NET',
  title: 'PlantNet (Meta-Album Mini)',
  openml: 44293,
  classes: 25,
  licence: 'CC BY 4.0 (not verified)',
  notes: 'Not PlantNet-300K, which is plantnet_300k.',
});

/** Fungi of the papers: 25 of Danish Fungi. */
export const metaAlbumFungi = metaAlbum({
  name: 'FNG',
  title: 'Fungi (Meta-Album Mini)',
  openml: 44302,
  classes: 25,
  licence: 'BSD 3-Clause and research only (not verified)',
  notes: 'Not Danish Fungi, which is danish_fungi_2020 and danish_fungi_2024. Names carry their authors.',
});

/** PlantVillage of the papers: 38 leaves, ill and healthy, on plain ground. */
export const metaAlbumPlantVillage = metaAlbum({
  name: 'PLT_VIL',
  title: 'PlantVillage (Meta-Album Mini)',
  openml: 44286,
  classes: 38,
  licence: 'CC0 1.0 (not verified)',
  notes: 'Not PlantVillage, which is plantvillage and plantvillage_mendeley.',
});

/** Med. Leaf of the papers: 25 medicinal plants' leaves on white. */
export const metaAlbumMedicinalLeaf = metaAlbum({
  name: 'MED_LF',
  title: 'Med. Leaf (Meta-Album Mini)',
  openml: 44299,
  classes: 25,
  licence: 'CC BY 4.0 (not verified)',
  notes: 'Not the Medicinal Leaf Dataset, which is medicinal_leaf and has 30 classes.',
});

/** PlantDoc of the papers: 27 leaves, ill and healthy, in the field. */
export const metaAlbumPlantDoc = metaAlbum({
  name: 'PLT_DOC',
  title: 'PlantDoc (Meta-Album Mini)',
  openml: 44303,
  classes: 27,
  licence: 'CC BY 4.0 (not verified)',
  notes: 'Not PlantDoc with its own split, which is plantdoc.',
});

/** A set of Meta-Album in its Mini form: `<NAME>_Mini/images/` and `<NAME>_Mini/labels.csv`. */
function metaAlbum({ name, title, openml, classes, licence, notes }: MetaAlbumSet): ClassificationBenchmark {
  const id = `meta_album_${name.toLowerCase()}_mini`;
  const archive = `${name}_Mini.zip`;
  return {
    id,
    title,
    task: 'classification',
    page: `https://www.openml.org/d/${openml}`,
    licence,
    citation:
      'Ullah et al., Meta-Album: multi-domain meta-dataset for few-shot image classification, NeurIPS 2022',
    // OpenML keeps a folder of files and no archive.
    files: [{ name: archive, unpacked: `${name}_Mini` }],
    splits: { all: classes * 40 },
    tested: 'all',
    metric: 'top1',
    classes,
    notes:
      `${notes} ${NOTES} OpenML's Python package fetches the folder ${name}_Mini: ` +
      `openml.datasets.get_dataset(${openml}, download_all_files=True).`,
    prompts: async (files) => publishedPrompts(id, (await readLabels(files, archive, classes)).classes),
    async *read(files) {
      const { labels } = await readLabels(files, archive, classes);
      yield* labelledPictures(files, await files.tree(archive), labels);
    },
  };
}

/** Labels by `images/<FILE_NAME>`; they number the categories in the order of their names. */
async function readLabels(
  files: BenchmarkFiles,
  archive: string,
  count: number,
): Promise<{ classes: string[]; labels: Map<string, number> }> {
  const csv = (await readNamed(await files.tree(archive), [LABELS]))[LABELS].toString('utf8');
  const categories = new Map<string, string>();
  for (const { FILE_NAME, CATEGORY } of parseCsvTable(csv, ['FILE_NAME', 'CATEGORY'], LABELS)) {
    const key = `images/${FILE_NAME}`;
    if (!FILE_NAME || !CATEGORY || categories.has(key)) {
      const twice = categories.has(key) ? ', which is there before' : '';
      throw new Error(
        `Expected a picture and its category in each row of ${LABELS}, got "${FILE_NAME}" and "${CATEGORY}"${twice}; get it again.`,
      );
    }
    categories.set(key, CATEGORY);
  }
  const classes = checkCount([...new Set(categories.values())].sort(), count, `${LABELS} of "${archive}"`);
  const ranks = ranksOf(classes);
  const labels = Array.from(categories, ([key, category]) => [key, ranks.get(category)!] as const);
  return { classes, labels: new Map(labels) };
}
