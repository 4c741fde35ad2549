import * as tf from '@tensorflow/tfjs-core';
import { unitLength } from '../nn';

/** The tokens of one tower that a statistic is taken over. */
export interface TokenSet {
  /** The class or end-of-text token, which the others are compared with. `[batch, embedDim]` */
  anchor: tf.Tensor2D;
  /** Image patches without the class token, or text positions. `[batch, M, embedDim]` */
  tokens: tf.Tensor3D;
  /** How many of the M positions are real, for texts; a configuration that keeps padding counts them all. */
  lengths?: Int32Array;
}

/**
 * The softmax, over tokens, of each token's cosine similarity with the anchor; head by head, temperature 1.
 *
 * @param tokens `[batch, M, heads, slice]`
 * @param anchor `[batch, 1, heads, slice]`
 * @returns `[batch, M, heads, 1]`
 */
export function anchorWeights(tokens: tf.Tensor4D, anchor: tf.Tensor4D, lengths?: Int32Array): tf.Tensor4D {
  const cosines = tf.sum(tf.mul(unitLength(tokens), unitLength(anchor)), -1, true); // [batch, M, heads, 1]
  const mask = lengths && lengthMask(lengths, tokens.shape[1]);
  const open = mask ? tf.add(cosines, tf.mul(tf.sub(mask, 1), 1e9)) : cosines;
  return tf.transpose(tf.softmax(tf.transpose(open, [0, 2, 3, 1])), [0, 3, 1, 2]) as tf.Tensor4D;
}

/** The mean of the real tokens. `[batch, embedDim]` */
export function meanToken({ tokens, lengths }: TokenSet): tf.Tensor2D {
  if (!lengths) return tf.mean(tokens, 1);
  const [batch, count] = tokens.shape;
  const real = tf.mul(tokens, tf.reshape(lengthMask(lengths, count), [batch, count, 1]));
  return tf.div(tf.sum(real, 1), tf.tensor(Float32Array.from(lengths), [batch, 1]));
}

/** 1 for the real positions of each text, 0 behind its end. `[batch, count, 1, 1]` */
export function lengthMask(lengths: Int32Array, count: number): tf.Tensor4D {
  const mask = new Float32Array(lengths.length * count);
  lengths.forEach((length, row) => {
    mask.fill(1, row * count, row * count + Math.min(length, count));
  });
  return tf.tensor(mask, [lengths.length, count, 1, 1]);
}
