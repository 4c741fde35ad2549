import {
  cropBoxes,
  epochOrder,
  type PictureSet,
  stepsPerEpoch,
  takeBatch,
  toImages,
  type WeightedSource,
  weightedOrder,
} from '../data';
import { createRandom, type Random } from '../engine';
import type { Tokenizer } from '../text';
import { type BatchNeeds, partsOfBatch } from './batchNeeds';
import { type CropConfig, toCropOptions } from './crops';
import { batchOfRank, type Place, rowsOfRank } from './rankPairs';
import type { TrainingData } from './trainer';

/** Which batches are made of a set of pictures. */
export interface PictureDataOptions extends CropConfig {
  batchSize: number;
  seed: number;
  /** Side of the model's input; pictures are cropped and scaled to it. */
  imageSize: number;
  /** Pictures to mix by weight, such as domain and general ones; absent: all of the set, epoch by epoch. */
  sources?: readonly WeightedSource[];
  /** The raw text of a picture in one step. Default: one of its texts, drawn anew each time. */
  textOf?: (index: number, random: Random) => string;
  /** Its second text, for objectives with captions. */
  captionOf?: (index: number, random: Random) => string;
  /** What the objective wants beside pictures and raw texts. */
  needs?: BatchNeeds;
  /** Which of how many processes this is: its batches hold its own pairs of each. */
  ranks?: Place;
}

/**
 * Training batches from decoded pictures. Each epoch is a fresh permutation, the last incomplete batch is left out;
 * order, crops and choice of text are functions of the seed and the step, so any step can be made again.
 *
 * @throws when there are fewer pictures than one batch takes
 */
export function pictureData(
  set: PictureSet,
  tokenizer: Tokenizer,
  options: PictureDataOptions,
): TrainingData {
  const { batchSize, seed, imageSize, captionOf, needs = {}, ranks } = options;
  const textOf = options.textOf ?? ((index, random) => random.pick(set.texts[index]));
  const perEpoch = stepsPerEpoch(set.length, batchSize);
  if (perEpoch === 0) {
    throw new Error(
      `A batch takes ${batchSize} pictures but the training data has ${set.length}; use a smaller batch.`,
    );
  }
  const orderOf = rememberLast((epoch: number) => epochOrder(set.length, seed, epoch));
  const epochs = (step: number) => {
    const place = (step % perEpoch) * batchSize;
    return orderOf(Math.floor(step / perEpoch)).slice(place, place + batchSize);
  };
  const { first, count } = rowsOfRank(batchSize, ranks);
  const part = { first, of: batchSize };
  const indicesOf = options.sources ? weightedOrder(options.sources, options) : epochs;

  // Everything is drawn for the whole batch, so that no draw depends on the number of ranks.
  return {
    batch: async (step) => {
      const random = createRandom(seed).fork(`batch ${step}`);
      const indices = indicesOf(step);
      const boxes = cropBoxes(batchSize, random, toCropOptions(options));
      const pictures = takeBatch(set, indices.slice(first, first + count));
      const rawTexts = indices.map((index) => textOf(index, random));
      const texts = tokenizer.tokenize(rawTexts);
      const parts = {
        keys: indices.map((index) => set.keys[index]),
        texts,
        captions: captionOf && tokenizer.tokenize(indices.map((index) => captionOf(index, random))),
        ...partsOfBatch(needs, { pictures, part, rawTexts, texts, tokenizer, imageSize }, random),
      };
      const ownBoxes = boxes.subarray(4 * first, 4 * (first + count));
      return batchOfRank(parts, toImages(pictures, ownBoxes, imageSize), ranks);
    },
  };
}

/** Keeps the last answer: consecutive steps ask for the same epoch. */
function rememberLast<Key, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  let last: { key: Key; value: Value } | undefined;
  return (key) => {
    if (last?.key !== key) last = { key, value: compute(key) };
    return last.value;
  };
}
