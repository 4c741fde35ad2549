import { normalQuantile } from './distributions';
import { type Interval, mean } from './statistics';

/** The difference of two accuracies and how far off it could be because the test set is finite; one unit throughout. */
export interface AccuracyDifference {
  /** ours − baseline */
  difference: number;
  /** The standard error where the one model's answers say nothing about the other's. */
  independent: number;
  /** The smallest standard error that the two accuracies allow: the weaker model is right only where the other is. */
  lowest: number;
  /** The largest: the two are right on the same images as rarely as possible. */
  highest: number;
}

/**
 * Two models, the same images, and only the two accuracies known. Where the models disagree on a share D of the images,
 * the variance of the difference d is (D − d²) / count (McNemar's setting). D lies between |d| and
 * min(p + q, 2 − p − q), which gives the bounds; independent answers have D = p·(1 − q) + q·(1 − p), and then it is
 * p·(1 − p) / count + q·(1 − q) / count. Models mostly fail on the same hard images, so that the true standard error is
 * as a rule below the independent one.
 *
 * Nothing here tells how much another training run would differ.
 *
 * @param ours a share in [0, 1], like `baseline`
 * @throws when an accuracy is no share, or there are no images.
 */
export function accuracyDifference(ours: number, baseline: number, count: number): AccuracyDifference {
  for (const share of [ours, baseline]) {
    if (!(share >= 0 && share <= 1))
      throw new Error(`Expected accuracies from 0 to 1, got ${share}: divide per cent by 100.`);
  }
  if (!(count >= 1)) throw new Error(`Expected at least one test image, got ${count}.`);
  const difference = ours - baseline;
  const error = (disagreement: number) => Math.sqrt(Math.max(0, disagreement - difference ** 2) / count);
  return {
    difference,
    independent: error(ours * (1 - baseline) + baseline * (1 - ours)),
    lowest: error(Math.abs(difference)),
    highest: error(Math.min(ours + baseline, 2 - ours - baseline)),
  };
}

/** The mean difference over test sets that share no image: variances add up. @throws without any. */
export function meanDifference(parts: readonly AccuracyDifference[]): AccuracyDifference {
  const error = (key: 'independent' | 'lowest' | 'highest') =>
    Math.hypot(...parts.map((part) => part[key])) / parts.length;
  return {
    difference: mean(parts.map(({ difference }) => difference)),
    independent: error('independent'),
    lowest: error('lowest'),
    highest: error('highest'),
  };
}

/**
 * Two models, the same images, and known which of them each was right on: a − b with its interval. The variance is
 * (D − d²) / count of `accuracyDifference`, D counted. With classes it is the difference of means per class: each class has
 * its own d and D, and all weigh the same; a class of one image adds nothing to the width.
 *
 * @param a for each image 1 where the model was right, otherwise 0; `b` likewise
 * @param classes of the images
 * @throws when the two do not belong to the same images, or there are none
 */
export function pairedDifference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  classes: ArrayLike<number> = new Uint8Array(a.length),
  level = 0.95,
): Interval {
  if (a.length !== b.length || a.length !== classes.length || a.length === 0) {
    throw new Error(`Expected answers to the same images, got ${a.length} and ${b.length}.`);
  }
  const strata = new Map<number, { count: number; sum: number; disagreements: number }>();
  for (let i = 0; i < a.length; i++) {
    const own = strata.get(classes[i]) ?? { count: 0, sum: 0, disagreements: 0 };
    own.count++;
    own.sum += a[i] - b[i];
    own.disagreements += Math.abs(a[i] - b[i]);
    strata.set(classes[i], own);
  }
  const parts = [...strata.values()].map(({ count, sum, disagreements }) => ({
    difference: sum / count,
    variance: (disagreements / count - (sum / count) ** 2) / count,
  }));
  const estimate = mean(parts.map(({ difference }) => difference));
  const variance = parts.reduce((total, part) => total + part.variance, 0) / parts.length ** 2;
  const halfWidth = normalQuantile((1 + level) / 2) * Math.sqrt(variance);
  return { estimate, low: estimate - halfWidth, high: estimate + halfWidth, level };
}
