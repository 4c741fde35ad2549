import type { PictureSet } from '../src/data';
import { createRandom } from '../src/engine';
import type { ClipConfig } from '../src/models';
import { disposeParameters } from '../src/nn';
import { createTokenizer } from '../src/text';
import { pictureData, type Recipe, type Training, type TrainingData } from '../src/training';

/** A CLIP that takes a training step in milliseconds. */
export const TINY: ClipConfig = {
  embedDim: 16,
  vision: { imageSize: 16, patchSize: 8, width: 16, layers: 1, heads: 2 },
  text: { contextLength: 12, vocabSize: 600, width: 16, layers: 1, heads: 2 },
};

/** The same with DALIP's heads. */
export const TINY_SECOND_ORDER: ClipConfig = {
  ...TINY,
  secondOrder: { heads: 2, reduced: 4, dropout: 0.5 },
};

export const TINY_RECIPE: Recipe = {
  steps: 6,
  batchSize: 4,
  learningRate: 1e-2,
  warmupSteps: 1,
  weightDecay: 0.2,
  clipNorm: 1,
  seed: 0,
};

export const tinyTokenizer = () => createTokenizer(TINY.text);

const COLOURS = ['red', 'green', 'blue', 'grey'];
const THINGS = ['cat', 'dog', 'leaf'];

/** Pictures of random bytes, 20 pixels wide, each with two texts. */
export function tinyPictures(length = 10): PictureSet {
  const random = createRandom('pictures');
  const size = 20;
  const indices = Array.from({ length }, (_, i) => i);
  return {
    length,
    size,
    pixels: Uint8Array.from({ length: length * size * size * 3 }, () => random.integer(256)),
    keys: indices.map((i) => `picture ${i}`),
    texts: indices.map((i) => [
      `${COLOURS[i % 4]} ${THINGS[i % 3]}`,
      `a ${THINGS[i % 3]} that is ${COLOURS[i % 4]}`,
    ]),
    metas: indices.map(() => ({})),
  };
}

/** Training batches of the tiny pictures, with captions for ALIP. */
export function tinyData(): TrainingData {
  const pictures = tinyPictures();
  return pictureData(pictures, tinyTokenizer(), {
    batchSize: TINY_RECIPE.batchSize,
    seed: 0,
    imageSize: TINY.vision.imageSize,
    captionOf: (index) => pictures.texts[index][1],
  });
}

/** Frees what a training holds. */
export function disposeTraining({ model, optimizer, objective }: Training): void {
  objective.dispose?.();
  optimizer.dispose();
  disposeParameters(model.parameters);
}
