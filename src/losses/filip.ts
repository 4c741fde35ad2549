import * as tf from '@tensorflow/tfjs-core';
import { pairLossesFromLogits } from './clip';
import { type KeptTokens, keepTokens } from './keptTokens';
import { patchSimilarities, type TokenLists, tokenCosines, wordSimilarities } from './tokenSimilarities';

/** What takes part in the token similarities. */
export interface FilipOptions {
  /**
   * `masked`: padding is nobody's match and counts in no mean, as in the paper. `kept`: it is a word like the others, as
   * in the DeCLIP repository's re-implementation. Default `masked`.
   */
  padding?: 'masked' | 'kept';
  /** How the best matches of an item's tokens become one number. Default `mean`; a sum favours long texts. */
  aggregate?: 'mean' | 'sum';
  /** Which tokens of a candidate may be matched; all of an anchor's look for a match. Default: all. */
  keep?: KeptTokens;
}

/** Pictures as rows, texts as columns, `[images, texts]` each. */
export interface TokenSimilarities {
  /** s^I: patches look for their words. */
  ofImages: tf.Tensor2D;
  /** s^T: words look for their patches. */
  ofTexts: tf.Tensor2D;
}

/**
 * FILIP's loss (Yao et al. 2022): each picture must find its text by s^I, each text its picture by s^T; the mean of the
 * two cross-entropies.
 *
 * @param patches unit rows, `[batch, n1, width]`
 * @param words unit rows, `[batch, n2, width]`, in the same order
 * @param real 1 for words, 0 for padding, `[batch, n2]`
 * @param scale what similarities are multiplied by, a scalar
 * @returns a scalar
 * @throws when the shapes do not fit, a text has no real word, or `keep` is out of range
 */
export function filipLoss(
  patches: tf.Tensor3D,
  words: tf.Tensor3D,
  real: tf.Tensor2D,
  scale: tf.Scalar,
  options: FilipOptions = {},
): tf.Scalar {
  if (patches.shape[0] !== words.shape[0]) {
    throw new Error(`Expected one text for each of ${patches.shape[0]} pictures, got ${words.shape[0]}.`);
  }
  const { ofImages, ofTexts } = filipSimilarities(patches, words, real, options);
  const logits = (similarities: tf.Tensor2D) => tf.mul(similarities, scale) as tf.Tensor2D;
  return tf.mean(pairLossesFromLogits(logits(ofImages), logits(ofTexts)));
}

/**
 * Both token similarities of every picture with every text; in general s^I ≠ s^T. The parameters are those of the loss;
 * without `keep`, pictures and texts need not be pairs.
 *
 * @throws when the shapes do not fit, a text has no real word, or `keep` is out of range
 */
export function filipSimilarities(
  patches: tf.Tensor3D,
  words: tf.Tensor3D,
  real: tf.Tensor2D,
  { padding = 'masked', aggregate = 'mean', keep }: FilipOptions = {},
): TokenSimilarities {
  checkShapes(patches, words, real);
  const texts: TokenLists = { tokens: words, real: padding === 'masked' ? real : undefined };
  const { forPatches, forWords } = matchedCosines(patches, texts, keep);
  return {
    ofImages: patchSimilarities(forPatches, aggregate),
    ofTexts: wordSimilarities(forWords, texts.real, aggregate),
  };
}

/** What patches choose from, and what words do: all cosines, or those with the tokens kept of the other side. */
function matchedCosines(patches: tf.Tensor3D, texts: TokenLists, keep?: KeptTokens) {
  if (!keep) {
    const all = tokenCosines(patches, texts);
    return { forPatches: all, forWords: all };
  }
  const images = { tokens: patches };
  return {
    forPatches: tokenCosines(patches, keepTokens(texts, images, keep)),
    forWords: tokenCosines(keepTokens(images, texts, keep).tokens, texts),
  };
}

function checkShapes(patches: tf.Tensor3D, words: tf.Tensor3D, real: tf.Tensor2D): void {
  const [texts, length, width] = words.shape;
  if (patches.shape[2] !== width) {
    throw new Error(
      `Expected patches and words of one width, got ${patches.shape[2]} and ${width}: map both to one space.`,
    );
  }
  if (real.shape[0] !== texts || real.shape[1] !== length) {
    throw new Error(`Expected a 1 or 0 for each of ${texts}×${length} words, got ${real.shape.join('×')}.`);
  }
  const empty = tf.tidy(() => tf.sum(real, 1).dataSync()).indexOf(0);
  if (empty >= 0) throw new Error(`Expected a real word in every text, text ${empty} has none.`);
}
