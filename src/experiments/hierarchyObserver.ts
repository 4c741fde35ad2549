import * as tf from '@tensorflow/tfjs-core';
import { joinBytes, type PictureSet, takeBatch, toImages } from '../data';
import { createRandom } from '../engine';
import {
  auroc,
  type GridLinks,
  linkPurity,
  readImageLinks,
  readTextLinks,
  twoColourPicture,
} from '../evaluation';
import { type Clip, imageLinks, textLinks } from '../models';
import { type Tokenizer, tokenStrings } from '../text';
import { indicesOfStyle, SEARCHED_STYLE } from './alipData';
import type { ObservedRun, Observer } from './experiment';
import { type SystemObservation, systemsObserver } from './systemsObserver';

/** Held-out pictures whose links are written down, by label; those a set lacks are left out. */
const SHOWN = ['red apple', 'owl', 'sailboat', 'house with garden', 'eye', 'television', 'cactus', 'key'];
/** Sentences whose links are written down, in the manner of the descriptions. */
const SENTENCES = [
  'a red apple',
  'grinning cat with smiling eyes',
  'house, building, garden, tree',
  'woman in a blue dress',
  'black and white cat on a green bed',
];
/** How many two-coloured pictures and descriptions the links are judged by. */
const JUDGED = 200;
/** Links are kept to three decimals. */
const DIGITS = 1e3;

/** What HiCLIP-style attention groups, after a step. */
export interface HierarchyObservation extends SystemObservation {
  /** Places in the test set, and each picture's links block by block. */
  pictures: { index: number; layers: GridLinks[] }[];
  /** `layers` are `[blocks][tokens − 1]`. */
  sentences: { tokens: string[]; layers: number[][] }[];
  /**
   * How well links tell what belongs together from what does not, block by block, as areas under the ROC curve; 0.5 is
   * guessing. `colours`: patches of one colour, in pictures of two. `words`: pieces of one word, in descriptions.
   * `phrases`: tokens with no comma at or between them, in descriptions.
   */
  areas: { colours: number[]; words: number[]; phrases: number[] };
}

/** Looks at the links of both towers after the first step, when nothing is learned, and at the end. */
export const hierarchyObserver: Observer = {
  moments: (steps) => [1, steps],
  observe: (run): Omit<HierarchyObservation, 'step'> => ({
    ...(systemsObserver.observe(run) as Omit<SystemObservation, 'step'>),
    pictures: shownPictures(run),
    sentences: linkedTexts(run, SENTENCES),
    areas: { colours: colourAreas(run.model), ...textAreas(run) },
  }),
};

function shownPictures({ model, data: { test } }: ObservedRun): HierarchyObservation['pictures'] {
  const places = SHOWN.flatMap((label) => {
    const found = test.metas.findIndex((meta) => meta.style === SEARCHED_STYLE && meta.label === label);
    return found < 0 ? [] : [found];
  });
  const links = linksOf(model, takeBatch(test, places));
  return places.map((index, i) => ({ index, layers: links[i] }));
}

/** `[pictures][blocks]` */
function linksOf(model: Clip, pictures: Pick<PictureSet, 'pixels' | 'size'>): GridLinks[][] {
  return tf.tidy(() => {
    const images = toImages(pictures, null, model.config.vision.imageSize);
    const found = readImageLinks(imageLinks(model, images));
    const short = (rows: GridLinks['vertical']) => rows.map((row) => row.map(shortened));
    return found.map((layers) =>
      layers.map(({ horizontal, vertical }) => ({
        horizontal: short(horizontal),
        vertical: short(vertical),
      })),
    );
  });
}

function linkedTexts(
  { model, tokenizer }: { model: Clip; tokenizer: Tokenizer },
  texts: readonly string[],
): HierarchyObservation['sentences'] {
  const batch = tokenizer.tokenize([...texts]);
  const links = tf.tidy(() => readTextLinks(textLinks(model, batch), batch.lengths));
  return tokenStrings(tokenizer, batch).map((tokens, i) => ({
    tokens,
    layers: links[i].map((layer) => layer.map(shortened)),
  }));
}

function colourAreas(model: Clip): number[] {
  const { imageSize, patchSize } = model.config.vision;
  const random = createRandom('two colours');
  const pictures = Array.from({ length: JUDGED }, () =>
    twoColourPicture(random, imageSize / patchSize, patchSize),
  );
  const pixels = joinBytes(pictures.map((picture) => picture.pixels));
  const links = linksOf(model, { pixels, size: imageSize });
  const labels = pictures.map((picture) => picture.labels);
  return links[0].map((_, block) =>
    shortened(
      linkPurity(
        links.map((layers) => layers[block]),
        labels,
        0.5,
      ).auroc,
    ),
  );
}

/** The start and end tokens' links are left out: they belong to no word. */
function textAreas(run: ObservedRun): Pick<HierarchyObservation['areas'], 'words' | 'phrases'> {
  const { test } = run.data;
  const places = indicesOfStyle(test, SEARCHED_STYLE);
  const texts = places.slice(0, JUDGED).map((index) => test.texts[index][1] ?? test.texts[index][0]);
  const linked = linkedTexts(run, texts);
  const areas = (belong: (left: string, right: string) => boolean) =>
    linked[0].layers.map((_, block) => {
      const pairs = linked.flatMap(({ tokens, layers }) =>
        layers[block]
          .slice(1, -1)
          .map((link, i) => ({ link, together: belong(tokens[i + 1], tokens[i + 2]) })),
      );
      return shortened(
        auroc(
          pairs.map(({ link }) => link),
          pairs.map(({ together }) => together),
        ),
      );
    });
  return {
    words: areas((left) => !left.endsWith(' ')),
    phrases: areas((left, right) => left.trim() !== ',' && right.trim() !== ','),
  };
}

function shortened(value: number): number {
  return Math.round(DIGITS * value) / DIGITS;
}
