import { embedTexts } from '../src/evaluation';
import {
  type CaptionerBundle,
  type CaptionerConfig,
  type Clip,
  createCaptioner,
  createClip,
  vocabularyOf,
} from '../src/models';
import { disposeParameters } from '../src/nn';
import { TINY, tinyTokenizer } from './tiny';

/** A captioner that takes a step in milliseconds. */
export const TINY_CAPTIONER: Omit<CaptionerConfig, 'vocabSize'> = {
  gridWidth: TINY.vision.width,
  width: 16,
  layers: 1,
  heads: 2,
  contextLength: 12,
  conceptTokens: true,
  gate: { hidden: 4 },
  predictionHeads: 2,
};

export const TINY_CONCEPTS = ['red', 'green', 'cat', 'dog', 'leaf'];

/** A captioner that has learned nothing, over the words of `texts`, with the whole CLIP as its tower. */
export function tinyBundle(texts: readonly string[], seed = 0): CaptionerBundle & { tower: Clip } {
  const tower = createClip(TINY, seed);
  const vocabulary = vocabularyOf(texts, tinyTokenizer());
  return {
    tower,
    captioner: createCaptioner({ ...TINY_CAPTIONER, vocabSize: vocabulary.size }, seed),
    vocabulary,
    concepts: {
      names: TINY_CONCEPTS,
      embeddings: embedTexts(tower, tinyTokenizer(), TINY_CONCEPTS).first.values,
      pieces: TINY_CONCEPTS.map(vocabulary.encode),
    },
    choice: { count: 2, from: 'retrieved' },
  };
}

/** Frees both halves. */
export function disposeBundle({ tower, captioner }: Pick<CaptionerBundle, 'tower' | 'captioner'>): void {
  for (const { parameters } of [tower, captioner]) disposeParameters(parameters);
}
