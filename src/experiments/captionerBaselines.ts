import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PictureSet } from '../data';
import { createRandom } from '../engine';
import { type Embeddings, embedPictures } from '../evaluation';
import { writeFileAtomically } from '../files';
import type { Clip } from '../models';
import { type CaptionerPictures, descriptionOf, learnable } from './captionerData';
import { type CaptionerScores, scoreCaptionSet } from './captionerScores';

/** Captions without a decoder, which one has to be better than. */
export interface CaptionBaseline {
  id: 'nearest' | 'chance';
  label: string;
  scores: CaptionerScores;
}

/**
 * The description of the training picture whose embedding is nearest, by the captioners' own tower; and that of a training
 * picture drawn by chance. Kept in `baselines.json` of the folder.
 *
 * @param tower called only where they are not there
 */
export async function captionBaselines(
  folder: string,
  pictures: CaptionerPictures,
  tower: () => Promise<Clip>,
): Promise<CaptionBaseline[]> {
  const path = join(folder, 'baselines.json');
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'));
  const known = learnable(pictures.train);
  const random = createRandom(0).fork('captions by chance');
  const began = performance.now();
  const places = nearest(await tower(), known, pictures.test);
  const milliseconds = (performance.now() - began) / (known.length + pictures.test.length);
  const score = (choose: (index: number) => number, milliseconds: number) => {
    const captions = new Map(
      pictures.test.keys.map((key, index) => [key, descriptionOf(known, choose(index))] as const),
    );
    return scoreCaptionSet({ captions, milliseconds }, pictures);
  };
  const baselines: CaptionBaseline[] = [
    {
      id: 'nearest',
      label: 'the nearest training picture’s description',
      scores: score((index) => places[index], milliseconds),
    },
    {
      id: 'chance',
      label: 'a training description by chance',
      scores: score(() => random.integer(known.length), 0),
    },
  ];
  writeFileAtomically(path, [`${JSON.stringify(baselines, null, 2)}\n`]);
  return baselines;
}

/** For each picture of a set the place of its nearest one among the known, by cosine. */
function nearest(tower: Clip, known: PictureSet, set: PictureSet): number[] {
  const those = embedPictures(tower, known).first;
  const these = embedPictures(tower, set).first;
  return Array.from({ length: these.rows }, (_, row) => nearestRow(those, these, row));
}

function nearestRow(those: Embeddings, these: Embeddings, row: number): number {
  const own = these.values.subarray(row * these.width, (row + 1) * these.width);
  let best = { cosine: Number.NEGATIVE_INFINITY, place: 0 };
  for (let place = 0; place < those.rows; place++) {
    let cosine = 0;
    for (let i = 0; i < those.width; i++) cosine += own[i] * those.values[place * those.width + i];
    if (cosine > best.cosine) best = { cosine, place };
  }
  return best.place;
}
