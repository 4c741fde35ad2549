import { setImmediate } from 'node:timers/promises';
import { type PictureSet, takeBatch } from '../data';
import {
  captionPictures,
  type DecodingOptions,
  type DocumentFrequencies,
  documentFrequencies,
  type ScoredCaption,
  scoreCaptions,
  tokenise,
  worstCaptions,
} from '../evaluation';
import { type CaptionerBundle, disposeCaptioner } from '../models';
import { RunInterruptedError } from '../training';
import { type CaptionerPictures, described, descriptionOf, type TestGroup } from './captionerData';
import type { CaptionerEvents } from './captionerRun';

/** How a captioner did on some of the test pictures. */
export interface GroupScores {
  pictures: number;
  /** In [0, 1]. */
  bleu4: number;
  /** CIDEr-D in [0, 10], rarity from the training descriptions. */
  cider: number;
  /** Different captions over pictures. */
  distinct: number;
  /** Share of captions that are a training description, word for word. */
  copied: number;
}

/** How a captioner did with one way of decoding. */
export interface CaptionerScores {
  groups: Record<TestGroup['id'], GroupScores>;
  /** Decoded pixels to caption. */
  millisecondsPerPicture: number;
}

export interface JudgedCaptioner {
  greedy: CaptionerScores;
  beam: CaptionerScores;
  /** The worst captions of the beam, by CIDEr, of pictures whose concept was seen. */
  worst: ScoredCaption[];
  /** Some captions of the beam as they come. */
  examples: ScoredCaption[];
}

const BATCH = 32;

/**
 * Captions the test pictures, greedily and with a beam, and scores both. Each picture has one reference, its description, so
 * that no number here compares with COCO's, which has five. Frees the captioner.
 */
export async function judgeCaptioner(
  bundle: CaptionerBundle,
  pictures: CaptionerPictures,
  beam: number,
  events: CaptionerEvents = {},
): Promise<JudgedCaptioner> {
  const { test, groups } = pictures;
  try {
    const greedy = await captionSet(bundle, test, { beam: 1 }, events);
    const wide = await captionSet(bundle, test, { beam }, events);
    const { frequencies } = corpusOf(pictures.train);
    const scored = scoreOf(wide.captions, test, groups[0].indices, frequencies).captions;
    return {
      greedy: scoreCaptionSet(greedy, pictures),
      beam: scoreCaptionSet(wide, pictures),
      worst: worstCaptions({ captions: scored }, 12).map(rounded),
      examples: scored.slice(0, 12).map(rounded),
    };
  } finally {
    disposeCaptioner(bundle);
  }
}

/** Captions by key, and how long one took. */
export interface CaptionedSet {
  captions: ReadonlyMap<string, string>;
  milliseconds: number;
}

/** Captions a whole set of pictures. */
export async function captionSet(
  bundle: CaptionerBundle,
  set: PictureSet,
  options: DecodingOptions,
  { onStage, onStep, signal }: CaptionerEvents = {},
): Promise<CaptionedSet> {
  onStage?.(options.beam === 1 ? 'caption greedily' : `caption with a beam of ${options.beam}`, set.length);
  const captions = new Map<string, string>();
  const began = performance.now();
  for (let start = 0; start < set.length; start += BATCH) {
    const batch = takeBatch(set, [...set.keys.keys()].slice(start, start + BATCH));
    captionPictures(bundle, batch, options).forEach(({ text }, i) => {
      captions.set(batch.keys[i], text);
    });
    onStep?.(captions.size, {});
    await setImmediate(); // Otherwise no signal would be heard.
    if (signal?.aborted)
      throw new RunInterruptedError('Stopped while captioning; the trained captioner is kept.');
  }
  return { captions, milliseconds: (performance.now() - began) / set.length };
}

interface Corpus {
  /** In how many training descriptions runs of words occur. */
  frequencies: DocumentFrequencies;
  /** The training descriptions, tokenised. */
  known: ReadonlySet<string>;
}

function corpusOf(train: PictureSet): Corpus {
  const known = described(train);
  const texts = known.keys.map((_, index) => tokenise(descriptionOf(known, index)));
  return {
    frequencies: documentFrequencies(texts.map((tokens) => [tokens])),
    known: new Set(texts.map((tokens) => tokens.join(' '))),
  };
}

/** Scores captions of all test pictures, group by group, wherever they come from. */
export function scoreCaptionSet(
  { captions, milliseconds }: CaptionedSet,
  { train, test, groups }: CaptionerPictures,
): CaptionerScores {
  const { frequencies, known } = corpusOf(train);
  const byGroup = groups.map(({ id, indices }) => {
    const { bleu, cider, captions: scored } = scoreOf(captions, test, indices, frequencies);
    const texts = scored.map(({ caption }) => tokenise(caption).join(' '));
    const scores: GroupScores = {
      pictures: indices.length,
      bleu4: round(bleu[3]),
      cider: round(cider),
      distinct: round(new Set(texts).size / texts.length),
      copied: round(texts.filter((text) => known.has(text)).length / texts.length),
    };
    return [id, scores] as const;
  });
  return {
    groups: Object.fromEntries(byGroup) as CaptionerScores['groups'],
    millisecondsPerPicture: Math.round(10 * milliseconds) / 10,
  };
}

function scoreOf(
  captions: ReadonlyMap<string, string>,
  set: PictureSet,
  indices: readonly number[],
  frequencies: DocumentFrequencies,
) {
  const keys = indices.map((index) => set.keys[index]);
  return scoreCaptions(
    new Map(keys.map((key) => [key, captions.get(key)!])),
    new Map(indices.map((index) => [set.keys[index], [descriptionOf(set, index)]])),
    { frequencies },
  );
}

function rounded(caption: ScoredCaption): ScoredCaption {
  return { ...caption, bleu4: round(caption.bleu4), cider: round(caption.cider) };
}

function round(value: number): number {
  return Math.round(1e4 * value) / 1e4;
}
