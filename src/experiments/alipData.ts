import {
  type BadInputCounter,
  injectNoise,
  loadTasks,
  type NoisyTexts,
  type PictureSet,
  selectSamples,
} from '../data';
import type { Arm, ExperimentData } from './experiment';
import { loadSplits } from './profiles';

/** The held-out drawing style that retrieval searches. */
export const SEARCHED_STYLE = 'fluent';

/** ALIP's situation at mini scale: the pictograms that have both a raw text and a clean description. */
export async function loadAlipData(counter: BadInputCounter): Promise<ExperimentData> {
  const { train, test } = await loadSplits(['pictograms'], counter);
  return {
    train: selectSamples(train, (_, index) => train.texts[index].length > 1),
    test,
    tasks: loadTasks('pictograms'),
    searches: [{ id: SEARCHED_STYLE, indices: indicesOfStyle(test, SEARCHED_STYLE) }],
  };
}

/** The pictures of a drawing style, as indices in the set. */
export function indicesOfStyle(set: PictureSet, style: string): number[] {
  return [...set.keys.keys()].filter((index) => set.metas[index].style === style);
}

/**
 * The raw texts, a share of them spoiled: swapped, made generic, or wrong in one word, a third each. The seed fixes which,
 * the same for all arms.
 */
export function spoiledTexts(
  { train }: Pick<ExperimentData, 'train'>,
  rate: number,
  seed: number,
): NoisyTexts {
  return injectNoise(
    train.texts.map(([text]) => text),
    { rate, seed, groups: train.metas.map(({ label }) => String(label)) },
  );
}

/** For an arm: raw texts spoiled at this rate, and the clean descriptions as captions. */
export function noisyTexts(rate: number): NonNullable<Arm['texts']> {
  return (data, seed) => {
    const { texts } = spoiledTexts(data, rate, seed);
    return { textOf: (index) => texts[index], captionOf: (index) => captionOf(data, index) };
  };
}

/** The same, but with the caption in the place of each spoiled text. */
export function unspoiledTexts(rate: number): NonNullable<Arm['texts']> {
  return (data, seed) => {
    const { texts, flags } = spoiledTexts(data, rate, seed);
    const caption = (index: number) => captionOf(data, index);
    return { textOf: (index) => (flags[index] ? caption(index) : texts[index]), captionOf: caption };
  };
}

/** The clean description, which plays the synthetic caption. */
export function captionOf({ train }: Pick<ExperimentData, 'train'>, index: number): string {
  return train.texts[index][1];
}
