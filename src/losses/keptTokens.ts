import * as tf from '@tensorflow/tfjs-core';
import type { TokenLists } from './tokenSimilarities';

/**
 * How many tokens of a candidate may be matched: a count, or a share of its real tokens, rounded, at least one. An item
 * with fewer keeps all it has.
 */
export type KeptTokens = { count: number } | { share: number };

/**
 * The tokens of each item that agree most with its own partner: those of the highest sum of cosines with all real tokens
 * of the partner. So the DeCLIP repository's re-implementation of FILIP chooses (`get_weighted_dense_logits`, 16 of them);
 * the paper keeps 25 %, by their highest cosine. The choice is a constant for the gradient.
 *
 * @param own the items that lose tokens
 * @param partners one for each item, in the same order
 * @returns as many places as the largest choice has; those behind a smaller choice are padding
 * @throws RangeError when `keep` is no whole count above zero, or no share in (0, 1]
 */
export function keepTokens(own: TokenLists, partners: TokenLists, keep: KeptTokens): TokenLists {
  checkKept(keep);
  const [items, perItem, width] = own.tokens.shape;
  const scores = agreement(own.tokens, partners).dataSync();
  const real = own.real?.dataSync();
  const choices = Array.from({ length: items }, (_, item) => {
    const places = Array.from({ length: perItem }, (_, place) => item * perItem + place);
    const candidates = real ? places.filter((place) => real[place] === 1) : places;
    const best = candidates.sort((a, b) => scores[b] - scores[a]);
    return best.slice(0, keptOf(best.length, keep));
  });
  const kept = Math.max(...choices.map(({ length }) => length));
  const ranks = Array.from({ length: kept }, (_, rank) => rank);
  const padded = choices.flatMap((places) => ranks.map((rank) => places[rank] ?? places[0]));
  const rows = tf.gather(tf.reshape(own.tokens, [-1, width]), tf.tensor1d(padded, 'int32'));
  const tokens = tf.reshape(rows, [items, kept, width]) as tf.Tensor3D;
  if (choices.every(({ length }) => length === kept)) return { tokens };
  return {
    tokens,
    real: tf.tensor2d(choices.map(({ length }) => ranks.map((rank) => Number(rank < length)))),
  };
}

/** The sum of each token's cosines with its partner's real tokens: one product with their sum. `[items, tokens]` */
function agreement(tokens: tf.Tensor3D, { tokens: others, real }: TokenLists): tf.Tensor2D {
  const sum = tf.sum(real ? tf.mul(others, tf.expandDims(real, 2)) : others, 1, true); // [items, 1, width]
  return tf.sum(tf.mul(tokens, sum), 2);
}

function keptOf(tokens: number, keep: KeptTokens): number {
  return 'count' in keep ? keep.count : Math.max(1, Math.round(keep.share * tokens));
}

function checkKept(keep: KeptTokens): void {
  if ('count' in keep && !(Number.isInteger(keep.count) && keep.count > 0)) {
    throw new RangeError(`Expected a whole number of kept tokens above zero, got ${keep.count}.`);
  }
  if ('share' in keep && !(keep.share > 0 && keep.share <= 1)) {
    throw new RangeError(`Expected a share of kept tokens above 0 and up to 1, got ${keep.share}.`);
  }
}
