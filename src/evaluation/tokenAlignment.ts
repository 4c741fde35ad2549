import * as tf from '@tensorflow/tfjs-core';

/** What each patch of a picture chooses among the words of a text. */
export interface PreferredWords {
  /** The position of the word with the highest cosine, of equals the first. `[patches]` */
  words: Int32Array;
  /** That cosine. `[patches]` */
  cosines: Float32Array;
  /** Among how many real words they chose. */
  choices: number;
}

/**
 * The word each patch of one picture prefers in one text: the winners of the maxima in FILIP's s^I.
 *
 * @param patches unit rows, `[n1, width]`
 * @param words unit rows, `[n2, width]`
 * @param real 1 for words that may be chosen, 0 for others, `[n2]`
 * @throws when the lengths of `words` and `real` differ, or no word may be chosen
 */
export function preferredWords(
  patches: tf.Tensor2D,
  words: tf.Tensor2D,
  real: ArrayLike<number>,
): PreferredWords {
  if (real.length !== words.shape[0]) {
    throw new Error(`Expected a 1 or 0 for each of ${words.shape[0]} words, got ${real.length}.`);
  }
  const places = Array.from(real).flatMap((flag, place) => (flag === 1 ? [place] : []));
  if (places.length === 0) throw new Error('Expected a word that may be chosen, got none: check the mask.');
  const best = tf.tidy(() => {
    const chosen = tf.gather(words, tf.tensor1d(places, 'int32'));
    return tf.topk(tf.matMul(patches, chosen, false, true), 1);
  });
  const winners = Int32Array.from(best.indices.dataSync(), (index) => places[index]);
  const cosines = Float32Array.from(best.values.dataSync());
  tf.dispose(best);
  return { words: winners, cosines, choices: places.length };
}

/** How often patches choose a word that is right for them. */
export interface AlignmentHits {
  /** Share of the judged patches, in [0, 1]. */
  rate: number;
  /** The rate of choosing among the real words at random. */
  chance: number;
  /** How many patches have a right word, and are judged. */
  patches: number;
}

/**
 * Do patches choose the word for what they show? For pictures of which one knows what is where, such as two objects side
 * by side and a text that names both.
 *
 * @param input.regions for each patch the positions of the words that are right for it, each one that may be chosen; a
 * patch with none, such as one of the background, is not judged
 * @throws when regions and patches do not fit, or no patch is judged
 */
export function alignmentHitRate(input: {
  preferred: PreferredWords;
  regions: readonly (readonly number[])[];
}): AlignmentHits {
  const { preferred, regions } = input;
  if (regions.length !== preferred.words.length) {
    throw new Error(`Expected the right words of ${preferred.words.length} patches, got ${regions.length}.`);
  }
  const judged = [...regions.keys()].filter((patch) => regions[patch].length > 0);
  if (judged.length === 0) throw new Error('Expected a patch with a right word, got none to judge.');
  const mean = (value: (patch: number) => number) =>
    judged.reduce((sum, patch) => sum + value(patch), 0) / judged.length;
  return {
    rate: mean((patch) => Number(regions[patch].includes(preferred.words[patch]))),
    chance: mean((patch) => new Set(regions[patch]).size / preferred.choices),
    patches: judged.length,
  };
}
