/** A detector's receiver operating characteristic: one point for each threshold, from (0, 0) to (1, 1). */
export interface RocCurve {
  /** False positive rates: the share of good pairs that weigh no more than the threshold. */
  fpr: number[];
  /** True positive rates: the share of bad pairs that weigh no more than the threshold. */
  tpr: number[];
  /** The weight up to which a pair counts as bad; minus infinity at the first point. */
  thresholds: number[];
  /** The area under the points, equal to `auroc` of the same weights with "is good" as the label. */
  auc: number;
}

/**
 * The curve of ALIP's gates as detectors of bad pairs: a low weight means bad. There is a point for every distinct
 * weight, so that ties are passed in one step (scikit-learn's `roc_curve` of the negative weights, with
 * `drop_intermediate=False`).
 *
 * @throws when the lengths differ, a weight is not a number, or all pairs are good or all bad
 */
export function rocCurve(weights: ArrayLike<number>, isBad: ArrayLike<boolean | number>): RocCurve {
  if (weights.length !== isBad.length) {
    throw new Error(`Expected one label for each weight, got ${isBad.length} for ${weights.length}.`);
  }
  const order = Array.from(weights, (weight, i) => ({ weight, bad: Boolean(isBad[i]) }));
  if (order.some(({ weight }) => Number.isNaN(weight)))
    throw new Error('Expected numbers as weights, got NaN.');
  order.sort((a, b) => a.weight - b.weight);
  const bad = order.filter((pair) => pair.bad).length;
  const good = order.length - bad;
  if (bad === 0 || good === 0) {
    throw new Error(`Expected bad and good pairs, got ${bad} and ${good}: a curve needs both.`);
  }

  const curve: RocCurve = { fpr: [0], tpr: [0], thresholds: [Number.NEGATIVE_INFINITY], auc: 0 };
  let [falsePositives, truePositives] = [0, 0];
  order.forEach(({ weight, bad: found }, i) => {
    if (found) truePositives++;
    else falsePositives++;
    if (order[i + 1]?.weight === weight) return;
    const [fpr, tpr] = [falsePositives / good, truePositives / bad];
    curve.auc += ((fpr - curve.fpr.at(-1)!) * (tpr + curve.tpr.at(-1)!)) / 2;
    curve.fpr.push(fpr);
    curve.tpr.push(tpr);
    curve.thresholds.push(weight);
  });
  return curve;
}
