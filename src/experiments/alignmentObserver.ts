import * as tf from '@tensorflow/tfjs-core';
import { type PictureSet, takeBatch, toImages } from '../data';
import { createRandom } from '../engine';
import { alignmentHitRate, mean, preferredWords } from '../evaluation';
import { imageFeatures, patchEmbeddings, textFeatures, wordEmbeddings } from '../models';
import { tokenStrings } from '../text';
import { indicesOfStyle, SEARCHED_STYLE } from './alipData';
import type { ObservedRun, Observer } from './experiment';
import { type SystemObservation, systemsObserver } from './systemsObserver';

/** How many pairs of pictures stand side by side. */
const JUDGED = 200;

/** What patches make of words, after a step. */
export interface AlignmentObservation extends SystemObservation {
  /**
   * The share of patches whose best word belongs to the object they show, in pictures of two objects side by side under
   * both their labels; and what choosing words at random would give. The word “and” and the start and end tokens may be
   * chosen, and are wrong.
   */
  alignment: { rate: number; chance: number };
}

/** Looks at FILIP's tokens after the first step, when nothing is learned, and at the end. */
export const alignmentObserver: Observer = {
  moments: (steps) => [1, steps],
  observe: (run): Omit<AlignmentObservation, 'step'> => ({
    ...(systemsObserver.observe(run) as Omit<SystemObservation, 'step'>),
    alignment: alignmentOf(run),
  }),
};

function alignmentOf(run: ObservedRun): AlignmentObservation['alignment'] {
  const { model, tokenizer, data } = run;
  const pairs = pairsOf(data.test);
  const labels = pairs.map((pair) => pair.map((index) => String(data.test.metas[index].label)));
  const batch = tokenizer.tokenize(labels.map(([left, right]) => `${left} and ${right}`));
  const strings = tokenStrings(tokenizer, batch);
  const { imageSize, patchSize } = model.config.vision;
  const grid = imageSize / patchSize;
  const [patches, words] = tf.tidy(() => [
    patchEmbeddings(model, imageFeatures(model, sideBySide(data.test, pairs, imageSize))),
    wordEmbeddings(model, textFeatures(model, batch), batch).words,
  ]);
  const scores = pairs.map((_, i) => {
    const length = strings[i].length;
    const and = 1 + tokenizer.encode(labels[i][0]).length;
    const ofLeft = Array.from({ length: and - 1 }, (_, place) => place + 1);
    const ofRight = Array.from({ length: length - and - 2 }, (_, place) => and + 1 + place);
    const regions = Array.from({ length: grid * grid }, (_, patch) =>
      patch % grid < grid / 2 ? ofLeft : ofRight,
    );
    const [own, said] = tf.tidy(() => [rowsOf(patches, i), tf.slice(rowsOf(words, i), [0], [length])]);
    const preferred = preferredWords(own, said, new Array(length).fill(1));
    tf.dispose([own, said]);
    return alignmentHitRate({ preferred, regions });
  });
  tf.dispose([patches, words]);
  return { rate: mean(scores.map(({ rate }) => rate)), chance: mean(scores.map(({ chance }) => chance)) };
}

/** One item's tokens. `[items, tokens, width]` → `[tokens, width]` */
function rowsOf(tokens: tf.Tensor3D, item: number): tf.Tensor2D {
  return tf.squeeze(tf.slice(tokens, [item], [1]), [0]) as tf.Tensor2D;
}

/** Different pictures of the held-out style, two by two, the same in every run. */
function pairsOf(test: PictureSet): [number, number][] {
  const order = createRandom('side by side').shuffle(indicesOfStyle(test, SEARCHED_STYLE));
  return Array.from({ length: JUDGED }, (_, i) => [order[2 * i], order[2 * i + 1]]);
}

/** The first picture of each pair squeezed into the left half, the second into the right one. `[pairs, size, size, 3]` */
function sideBySide(set: PictureSet, pairs: readonly (readonly number[])[], size: number): tf.Tensor4D {
  const halves = [0, 1].map((side) =>
    tf.image.resizeBilinear(
      toImages(
        takeBatch(
          set,
          pairs.map((pair) => pair[side]),
        ),
        null,
        size,
      ),
      [size, size / 2],
    ),
  );
  return tf.concat(halves, 2);
}
