import { type BleuScores, bleu } from './bleu';
import { type CiderOptions, cider } from './cider';
import { tokenise } from './tokenise';

/** One picture's caption, what it was judged by, and how it did. */
export interface ScoredCaption {
  key: string;
  caption: string;
  references: readonly string[];
  /** BLEU-4 in [0, 1]; see `BleuResult.captions`. */
  bleu4: number;
  /** In [0, 10]. */
  cider: number;
}

export interface CaptionScores {
  /** BLEU-1 … BLEU-4 of all captions together, in [0, 1]. */
  bleu: BleuScores;
  /** Mean CIDEr-D, in [0, 10]; papers often print 100 times it. */
  cider: number;
  /** In the captions' order. */
  captions: ScoredCaption[];
}

/**
 * Scores captions by the references of the same pictures: both by key, as text, tokenised here.
 *
 * @throws Error where there is no caption, or a picture without caption or without references
 */
export function scoreCaptions(
  captions: ReadonlyMap<string, string>,
  references: ReadonlyMap<string, readonly string[]>,
  options: CiderOptions = {},
): CaptionScores {
  checkKeys(captions, references);
  const entries = [...captions].map(([key, caption]) => ({ key, caption, references: references.get(key)! }));
  const pairs = entries.map((entry) => ({
    candidate: tokenise(entry.caption),
    references: entry.references.map(tokenise),
  }));
  const byBleu = bleu(pairs);
  const byCider = cider(pairs, options);
  return {
    bleu: byBleu.corpus,
    cider: byCider.corpus,
    captions: entries.map((entry, i) => ({
      ...entry,
      bleu4: byBleu.captions[i][3],
      cider: byCider.captions[i],
    })),
  };
}

/** The captions with the lowest CIDEr, the worst first: where to look for mistakes. */
export function worstCaptions({ captions }: Pick<CaptionScores, 'captions'>, count = 10): ScoredCaption[] {
  return [...captions].sort((a, b) => a.cider - b.cider).slice(0, count);
}

function checkKeys(captions: ReadonlyMap<string, unknown>, references: ReadonlyMap<string, unknown>): void {
  const unjudged = [...captions.keys()].filter((key) => !references.has(key));
  const uncaptioned = [...references.keys()].filter((key) => !captions.has(key));
  if (unjudged.length === 0 && uncaptioned.length === 0) return;
  const [few, what] = unjudged.length > 0 ? [unjudged, 'reference'] : [uncaptioned, 'caption'];
  throw new Error(
    `Expected captions and references of the same pictures, but ${few.length} have no ${what} (first "${few[0]}"); ` +
      'add these or leave the pictures out.',
  );
}
