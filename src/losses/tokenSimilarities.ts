import * as tf from '@tensorflow/tfjs-core';

/** Tokens of pictures or texts. */
export interface TokenLists {
  /** Unit rows, `[items, tokens, width]`. */
  tokens: tf.Tensor3D;
  /** 1 where a token is real, 0 where it is padding, `[items, tokens]`; absent: all are real. */
  real?: tf.Tensor2D;
}

/** Added to the cosines of padding, so that it is no best match where a token is real. Finite: 0·∞ is no number. */
const BELOW_ALL_COSINES = -1e9;

/**
 * The cosines of all patches of every picture with all words of every text, in one product; those of padding are far
 * below all others. This is the one large tensor of late interaction. `[images, n1, texts, n2]`
 *
 * @param patches unit rows, `[images, n1, width]`; none of them is padding
 */
export function tokenCosines(patches: tf.Tensor3D, { tokens: words, real }: TokenLists): tf.Tensor4D {
  const [images, n1, width] = patches.shape;
  const [texts, n2] = words.shape;
  const products = tf.matMul(tf.reshape(patches, [-1, width]), tf.reshape(words, [-1, width]), false, true);
  const offsets = real && tf.reshape(tf.mul(tf.sub(1, real), BELOW_ALL_COSINES), [-1]);
  return tf.reshape(offsets ? tf.add(products, offsets) : products, [images, n1, texts, n2]);
}

/**
 * s^I: the mean (or sum) over patches of the highest cosine with a real word.
 *
 * Where words tie for a maximum, tfjs hands its whole gradient to each of them, PyTorch's `max(dim)` to the first.
 *
 * @param cosines from `tokenCosines`
 * @returns `[images, texts]`
 */
export function patchSimilarities(cosines: tf.Tensor4D, aggregate: 'mean' | 'sum' = 'mean'): tf.Tensor2D {
  const sums: tf.Tensor2D = tf.sum(tf.max(cosines, 3), 1);
  return aggregate === 'sum' ? sums : tf.div(sums, cosines.shape[1]);
}

/**
 * s^T: the mean (or sum) over real words of the highest cosine with a patch. Ties as above.
 *
 * @param real which words count, `[texts, n2]`; absent: all
 * @returns `[images, texts]`
 */
export function wordSimilarities(
  cosines: tf.Tensor4D,
  real?: tf.Tensor2D,
  aggregate: 'mean' | 'sum' = 'mean',
): tf.Tensor2D {
  const best: tf.Tensor3D = tf.max(cosines, 1); // [images, texts, n2]
  const sums: tf.Tensor2D = tf.sum(real ? tf.mul(best, real) : best, 2);
  return aggregate === 'sum' ? sums : tf.div(sums, real ? tf.sum(real, 1) : best.shape[2]);
}
