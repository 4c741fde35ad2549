import { type CaptionPair, checkPairs, countNGrams, type NGramCounts } from './nGrams';

/** In how many pictures' references each run of 1 … 4 tokens occurs. */
export interface DocumentFrequencies {
  pictures: number;
  /** For n = 1 … 4. */
  runs: NGramCounts[];
}

export interface CiderOptions {
  /** Weights rare words by another corpus; default the references of the captions that are scored. */
  frequencies?: DocumentFrequencies;
  /** Tokens: the standard deviation of the penalty for a length other than the reference's. Default 6. */
  sigma?: number;
}

export interface CiderResult {
  /** The mean over the captions. */
  corpus: number;
  /** In [0, 10]. */
  captions: number[];
}

/** A caption's n-gram counts, weighted by rarity. */
interface Weighted {
  /** For n = 1 … 4: weight by run. */
  weights: Map<string, number>[];
  /** Their Euclidean norms. */
  norms: number[];
  /** Runs of two tokens: what pycocoevalcap takes for the length. */
  length: number;
}

const LONGEST = 4;

/**
 * CIDEr-D: the cosine similarity of a caption's TF-IDF-weighted n-grams with each reference's, clipped, with a penalty
 * for another length, averaged over n = 1 … 4 and the references, times 10; as pycocoevalcap computes it (its "CIDEr").
 *
 * The weights come from the number of pictures in the corpus, so scores of different corpora do not compare, and with
 * one picture all are 0.
 *
 * Vedantam et al., "CIDEr: Consensus-based Image Description Evaluation", CVPR 2015, section 5 and appendix.
 *
 * @throws Error where there is no caption, or one without references
 */
export function cider(pairs: readonly CaptionPair[], options: CiderOptions = {}): CiderResult {
  checkPairs(pairs);
  const { frequencies = documentFrequencies(pairs.map(({ references }) => references)), sigma = 6 } = options;
  const captions = pairs.map(({ candidate, references }) => {
    const own = weigh(candidate, frequencies);
    const similarities = references.map((reference) => similarity(own, weigh(reference, frequencies), sigma));
    return 10 * mean(similarities);
  });
  return { corpus: mean(captions), captions };
}

/** The document frequencies of a corpus: for each picture, its references. */
export function documentFrequencies(pictures: readonly CaptionPair['references'][]): DocumentFrequencies {
  const runs: NGramCounts[] = Array.from({ length: LONGEST }, () => new Map());
  for (const references of pictures) {
    const counted = references.map((reference) => countNGrams(reference, LONGEST));
    runs.forEach((frequencies, i) => {
      for (const run of new Set(counted.flatMap((counts) => [...counts[i].keys()]))) {
        frequencies.set(run, (frequencies.get(run) ?? 0) + 1);
      }
    });
  }
  return { pictures: pictures.length, runs };
}

function weigh(tokens: readonly string[], { pictures, runs }: DocumentFrequencies): Weighted {
  const weights = countNGrams(tokens, LONGEST).map((counts, i) => {
    const rarity = (run: string) => Math.log(pictures) - Math.log(Math.max(1, runs[i].get(run) ?? 0));
    return new Map([...counts].map(([run, count]) => [run, count * rarity(run)]));
  });
  const norms = weights.map((weighted) => Math.hypot(...weighted.values()));
  return { weights, norms, length: Math.max(0, tokens.length - 1) };
}

/** The mean over n. A word that stands in the candidate more often than in the reference counts as often as there. */
function similarity(candidate: Weighted, reference: Weighted, sigma: number): number {
  const penalty = Math.exp(-((candidate.length - reference.length) ** 2) / (2 * sigma ** 2));
  const cosines = candidate.weights.map((weights, i) => {
    let product = 0;
    for (const [run, weight] of weights) {
      const other = reference.weights[i].get(run) ?? 0;
      product += Math.min(weight, other) * other;
    }
    return product / (candidate.norms[i] * reference.norms[i] || 1);
  });
  return penalty * mean(cosines);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
