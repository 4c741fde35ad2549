import * as tf from '@tensorflow/tfjs-core';

/**
 * Whom a positive competes with. `onePositive`: the anchor's negatives alone, so that an easy positive cannot push a
 * hard one out (MP-NCE, Lee et al. 2022). `allPositives`: the anchor's other positives, too (supervised contrastive
 * learning, Khosla et al. 2020). With one positive an anchor both are InfoNCE.
 */
export type Denominator = 'onePositive' | 'allPositives';

/** Which candidates an anchor is drawn to and which it is pushed from; disjoint, booleans, `[anchors, candidates]` each. */
export interface PairSets {
  positives: tf.Tensor2D;
  negatives: tf.Tensor2D;
}

/** Takes the place of a logit that does not count: finite, so that a row without a single negative makes no NaN. */
const EXCLUDED = -1e9;

/**
 * Multi-positive NCE, the mean over all positive pairs of −log(exp s_kp / (exp s_kp + Σ_n exp s_kn)), n the negatives of
 * anchor k. Two third-party descriptions of UniCLIP's loss (Lee et al. 2022) agree on this form.
 *
 * @param logits a row for each anchor, `[anchors, candidates]`
 * @returns a scalar; NaN where there is no positive pair at all
 */
export function mpNce(logits: tf.Tensor2D, sets: PairSets, denominator?: Denominator): tf.Scalar {
  return tf.div(tf.sum(mpNceTerms(logits, sets, denominator)), tf.sum(tf.cast(sets.positives, 'float32')));
}

/**
 * What each positive pair adds to the loss; 0 for every other pair, and for an anchor without negatives that has one
 * positive. No array is larger than the logits. `[anchors, candidates]`
 */
export function mpNceTerms(
  logits: tf.Tensor2D,
  { positives, negatives }: PairSets,
  denominator: Denominator = 'onePositive',
): tf.Tensor2D {
  const terms =
    denominator === 'allPositives'
      ? tf.sub(logSumExpOver(logits, tf.logicalOr(positives, negatives)), logits)
      : tf.softplus(tf.sub(logSumExpOver(logits, negatives), logits)); // log(1 + exp(log Σ_n − s_kp))
  return tf.where(positives, terms, tf.zerosLike(terms)) as tf.Tensor2D;
}

/** log Σ exp over the candidates in the mask, for each anchor; hugely negative where there is none. `[anchors, 1]` */
export function logSumExpOver(logits: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  return tf.logSumExp(tf.where<tf.Tensor>(mask, logits, tf.scalar(EXCLUDED)), 1, true);
}
