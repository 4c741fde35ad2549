/**
 * The area under the receiver operating characteristic: the chance that a positive example scores higher than a
 * negative one, ties counting half (the Mann–Whitney statistic; equal to scikit-learn's `roc_auc_score`).
 *
 * To judge ALIP's gates, pass each pair's weight as the score and "is clean" as the label: 0.5 means that the weights
 * say nothing about noise, 1 that every noisy pair weighs less than every clean one.
 *
 * @throws when the lengths differ, a score is not a number, or all labels are equal.
 */
export function auroc(scores: ArrayLike<number>, positive: ArrayLike<boolean | number>): number {
  if (scores.length !== positive.length) {
    throw new Error(`Expected one label for each score, got ${positive.length} for ${scores.length}.`);
  }
  const order = Array.from(scores, (score, i) => ({ score, positive: Boolean(positive[i]) }));
  if (order.some(({ score }) => Number.isNaN(score))) throw new Error('Expected numbers as scores, got NaN.');
  order.sort((a, b) => a.score - b.score);
  const positives = order.filter((entry) => entry.positive).length;
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) {
    throw new Error(`Expected positive and negative examples, got ${positives} and ${negatives}.`);
  }

  let rankSum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && order[end].score === order[start].score) end++;
    const sharedRank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) if (order[i].positive) rankSum += sharedRank;
    start = end;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
