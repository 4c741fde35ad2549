import * as tf from '@tensorflow/tfjs-core';
import { linear } from '../nn';
import { NO_LABEL } from '../text';

/** The layer that guesses tokens, DeCLIP's `text_label_predictor`. */
export interface TokenGuesser {
  /** `[vocabSize, width]` */
  weight: tf.Tensor;
  /** `[vocabSize]` */
  bias: tf.Tensor;
}

/** Of each text, `[batch, 1]` each. */
export interface MaskedTextSums {
  /** Cross-entropies of its masked places, added up. */
  sums: tf.Tensor2D;
  /** How many masked places it has; a constant. */
  counts: tf.Tensor2D;
}

/**
 * What each text adds to the loss of masked text, so that a batch may be computed in parts. Masked places are gathered
 * first: there are logits for those alone, `[places, vocabSize]`.
 *
 * @param states of the text tower's tokens, `[batch, tokens, width]`
 * @param labels what stood at each place, `NO_LABEL` where nothing is to be guessed, `[batch, contextLength]`; beyond
 * `tokens`, where the tower left padding out, nothing may be masked
 * @throws RangeError where labels are not as many for each text, or a place is masked that has no state
 */
export function maskedTextSums(
  states: tf.Tensor3D,
  labels: Int32Array,
  { weight, bias }: TokenGuesser,
): MaskedTextSums {
  const [batch, tokens, width] = states.shape;
  const places = maskedPlaces(labels, batch, tokens);
  const masked = tf.gather(
    tf.reshape(states, [batch * tokens, width]),
    indices(places.map(({ text, token }) => text * tokens + token)),
  );
  const logits = linear(masked, weight, bias) as tf.Tensor2D; // [places, vocabSize]
  const chosen = tf.oneHot(indices(places.map(({ label }) => label)), weight.shape[0]);
  const losses = tf.sub(tf.logSumExp(logits, 1), tf.sum(tf.mul(logits, chosen), 1));
  const membership = membershipOf(places, batch);
  return {
    sums: tf.matMul(membership, tf.expandDims(losses, 1)) as tf.Tensor2D,
    counts: tf.sum(membership, 1, true) as tf.Tensor2D,
  };
}

/**
 * The loss of masked text (Devlin et al. 2019, as in DeCLIP): mean cross-entropy over all masked places of a batch, 0 where
 * it has none.
 *
 * @param sums and counts of all texts of the batch, see `maskedTextSums`
 * @returns a scalar
 */
export function maskedTextLoss({ sums, counts }: MaskedTextSums): tf.Scalar {
  return tf.div(tf.sum(sums), tf.maximum(tf.sum(counts), 1)) as tf.Scalar;
}

interface MaskedPlace {
  text: number;
  token: number;
  label: number;
  /** Whether it counts. */
  counts: boolean;
}

/**
 * All of them; where there is none, one that does not count, so that the layer's gradient is 0 and not missing.
 */
function maskedPlaces(labels: Int32Array, batch: number, tokens: number): MaskedPlace[] {
  const contextLength = labels.length / batch;
  if (!Number.isInteger(contextLength) || contextLength < tokens) {
    throw new RangeError(
      `Expected as many labels for each of ${batch} texts, at least one for each of ${tokens} tokens, got ` +
        `${labels.length} in all; give the labels that came with the masked texts.`,
    );
  }
  const places: MaskedPlace[] = [];
  for (const [i, label] of labels.entries()) {
    if (label === NO_LABEL) continue;
    const [text, token] = [Math.floor(i / contextLength), i % contextLength];
    if (token >= tokens) {
      throw new RangeError(
        `Expected masked places among the first ${tokens} tokens, but text ${text} has one at ${token}; mask no padding.`,
      );
    }
    places.push({ text, token, label, counts: true });
  }
  return places.length > 0 ? places : [{ text: 0, token: 0, label: 0, counts: false }];
}

/** 1 where a place counts for a text. `[batch, places]` */
function membershipOf(places: readonly MaskedPlace[], batch: number): tf.Tensor2D {
  const ones = new Float32Array(batch * places.length);
  for (const [i, { text, counts }] of places.entries()) if (counts) ones[text * places.length + i] = 1;
  return tf.tensor2d(ones, [batch, places.length]);
}

function indices(values: number[]): tf.Tensor1D {
  return tf.tensor1d(values, 'int32');
}
