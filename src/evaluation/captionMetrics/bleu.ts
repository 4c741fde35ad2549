import { type CaptionPair, checkPairs, countNGrams, type NGramCounts } from './nGrams';

/** BLEU-1 … BLEU-4, in this order, each in [0, 1]. */
export type BleuScores = number[];

export interface BleuResult {
  /** Of all captions together: matches and lengths are summed before they are divided. */
  corpus: BleuScores;
  /** Of each caption alone; rough, as a caption without one common run of four words gets about 0. */
  captions: BleuScores[];
}

/** What BLEU needs to know of captions: sums over a corpus are the corpus's. */
interface Counts {
  length: number;
  /** Of the reference that comes closest in length, the shorter one of two. */
  referenceLength: number;
  /** Runs of n = 1 … 4 tokens. */
  runs: number[];
  /** Those that a reference has, too, at most as often as the reference that has most of them. */
  matches: number[];
}

const LONGEST = 4;

// pycocoevalcap's, which keep quotients of nothing finite.
const SMALL = 1e-9;
const TINY = 1e-15;

/**
 * BLEU with several references, no smoothing, and the reference length that is closest, as pycocoevalcap computes it
 * for COCO's captions.
 *
 * Papineni et al., "BLEU: a Method for Automatic Evaluation of Machine Translation", ACL 2002.
 *
 * @throws Error where there is no caption, or one without references
 */
export function bleu(pairs: readonly CaptionPair[]): BleuResult {
  checkPairs(pairs);
  const counts = pairs.map(countMatches);
  return { corpus: scores(counts.reduce(add)), captions: counts.map(scores) };
}

function countMatches({ candidate, references }: CaptionPair): Counts {
  const known = references.map((reference) => countNGrams(reference, LONGEST));
  const own = countNGrams(candidate, LONGEST);
  return {
    length: candidate.length,
    referenceLength: closestLength(candidate.length, references),
    runs: own.map((_, i) => Math.max(0, candidate.length - i)),
    matches: own.map((runs, i) =>
      clippedMatches(
        runs,
        known.map((reference) => reference[i]),
      ),
    ),
  };
}

function clippedMatches(own: NGramCounts, references: readonly NGramCounts[]): number {
  let matches = 0;
  for (const [run, count] of own) {
    matches += Math.min(count, Math.max(...references.map((counts) => counts.get(run) ?? 0)));
  }
  return matches;
}

function closestLength(length: number, references: CaptionPair['references']): number {
  const lengths = references.map((reference) => reference.length);
  return lengths.reduce((best, other) => {
    const nearer = Math.abs(other - length) - Math.abs(best - length);
    return nearer < 0 || (nearer === 0 && other < best) ? other : best;
  });
}

function add(a: Counts, b: Counts): Counts {
  return {
    length: a.length + b.length,
    referenceLength: a.referenceLength + b.referenceLength,
    runs: a.runs.map((count, i) => count + b.runs[i]),
    matches: a.matches.map((count, i) => count + b.matches[i]),
  };
}

/** The geometric mean of the precisions up to each n, times the penalty for brevity. */
function scores({ length, referenceLength, runs, matches }: Counts): BleuScores {
  const ratio = (length + TINY) / (referenceLength + SMALL);
  const penalty = ratio < 1 ? Math.exp(1 - 1 / ratio) : 1;
  let product = 1;
  return matches.map((count, i) => {
    product *= (count + TINY) / (runs[i] + SMALL);
    return penalty * product ** (1 / (i + 1));
  });
}
