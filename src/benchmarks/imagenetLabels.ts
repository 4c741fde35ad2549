import { readFile } from 'node:fs/promises';
import { parseCsvTable } from '../files/csvTable';
import { openTree, readNamed } from '../files/fileTree';
import { matlabTable } from '../files/matlabTable';
import { listLines, ranksOf } from './lists';
import { synsetsOf } from './synsets';

const META = 'meta.mat';
const TRUTH = 'ILSVRC2012_validation_ground_truth.txt';

/**
 * The labels of ImageNet's validation pictures by their file names.
 *
 * The devkit counts classes in an order of its own: line `i` of its ground truth is the ILSVRC id, from 1, of picture `i`;
 * `meta.mat` has the synset of each id; and the label is the synset's rank. Taking id − 1 for the label is wrong for nearly
 * every picture. Kaggle's list names the synset of each picture.
 *
 * @param place of the devkit's archive, of the folder it was unpacked to, or of Kaggle's `LOC_val_solution.csv`
 * @throws Error where a class is none of the 1,000
 */
export async function validationLabels(place: string): Promise<Map<string, number>> {
  const synsets = place.endsWith('.csv') ? await inKaggleList(place) : await inDevkit(place);
  const ranks = ranksOf(synsetsOf('imagenet1k'));
  return new Map(
    Array.from(synsets, ([picture, synset]) => {
      const label = ranks.get(synset);
      if (label !== undefined) return [`${picture}.JPEG`, label];
      throw new Error(
        `Expected one of ImageNet's 1000 classes for "${picture}" in "${place}", got "${synset}"; get it again.`,
      );
    }),
  );
}

async function inDevkit(place: string): Promise<[picture: string, synset: string][]> {
  const found = await readNamed(openTree(place), [META, TRUTH]);
  const rows = matlabTable(found[META], `"${META}"`, 'synsets', { ILSVRC2012_ID: 'numbers', WNID: 'texts' });
  const synsets = new Map(rows.map((row) => [row.ILSVRC2012_ID, row.WNID]));
  return listLines(found[TRUTH]).map((id, i) => [
    `ILSVRC2012_val_${String(i + 1).padStart(8, '0')}`,
    synsets.get(Number(id)) ?? `ILSVRC id ${id}`,
  ]);
}

/** Rows such as `ILSVRC2012_val_00048981,n03995372 85 1 499 272`: a synset and a box, and so on for other boxes. */
async function inKaggleList(place: string): Promise<[picture: string, synset: string][]> {
  const columns = ['ImageId', 'PredictionString'] as const;
  const rows = parseCsvTable(await readFile(place, 'utf8'), columns, `"${place}"`);
  return rows.map(({ ImageId, PredictionString }) => [ImageId, PredictionString.split(' ')[0]]);
}
