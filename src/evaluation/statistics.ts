import type { Random } from '../engine/random';
import { normalQuantile, studentCdf, studentQuantile } from './distributions';

/** An estimate and the interval around it, in the unit of the values. */
export interface Interval {
  estimate: number;
  low: number;
  high: number;
  /** The confidence level, e.g. 0.95. */
  level: number;
}

/** The arithmetic mean. @throws on an empty list. */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new Error('Expected at least one value, got none.');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The sample standard deviation (divisor n − 1). @throws with fewer than two values. */
export function standardDeviation(values: readonly number[]): number {
  if (values.length < 2)
    throw new Error(`Expected at least two values, got ${values.length}: run more seeds.`);
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** The standard error of the mean. @throws with fewer than two values. */
export function standardError(values: readonly number[]): number {
  return standardDeviation(values) / Math.sqrt(values.length);
}

/**
 * Student's t-interval for the mean over seeds. With 3 seeds the 95 % interval is the mean ± 4.3 standard errors: wide,
 * and rightly so.
 *
 * @throws with fewer than two values.
 */
export function studentInterval(values: readonly number[], level = 0.95): Interval {
  const estimate = mean(values);
  const halfWidth = standardError(values) * studentQuantile((1 + level) / 2, values.length - 1);
  return { estimate, low: estimate - halfWidth, high: estimate + halfWidth, level };
}

/**
 * Wilson's score interval for a share: how far one run's accuracy could be off because the test set is finite. It says
 * nothing about other seeds.
 *
 * @throws unless 0 ≤ successes ≤ count and count ≥ 1.
 */
export function wilsonInterval(successes: number, count: number, level = 0.95): Interval {
  if (!(count >= 1 && successes >= 0 && successes <= count)) {
    throw new Error(
      `Expected 0 to ${count} successes of at least one example, got ${successes} of ${count}.`,
    );
  }
  const z = normalQuantile((1 + level) / 2);
  const share = successes / count;
  const denominator = 1 + z ** 2 / count;
  const centre = (share + z ** 2 / (2 * count)) / denominator;
  const halfWidth = (z / denominator) * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
  return {
    estimate: share,
    low: Math.max(0, centre - halfWidth),
    high: Math.min(1, centre + halfWidth),
    level,
  };
}

/** The percentile bootstrap interval of any statistic of the values (Efron 1979), fixed by the generator's seed. */
export function bootstrapInterval(
  values: readonly number[],
  random: Random,
  { statistic = mean, resamples = 2000, level = 0.95 } = {},
): Interval {
  const draws = Float64Array.from({ length: resamples }, () =>
    statistic(values.map(() => values[random.integer(values.length)])),
  ).sort();
  const at = (share: number) => draws[Math.round(share * (resamples - 1))];
  return { estimate: statistic(values), low: at((1 - level) / 2), high: at((1 + level) / 2), level };
}

export interface PairedTest {
  /** The mean of a − b with its t-interval. */
  difference: Interval;
  /** Student's t; infinite where all differences are equal and not zero. */
  t: number;
  degreesOfFreedom: number;
  /** Two-sided p value. */
  p: number;
}

/**
 * The paired t test of a against b: the same seeds, the same data order, two arms.
 *
 * @throws when the lengths differ or there are fewer than two pairs.
 */
export function pairedTTest(a: readonly number[], b: readonly number[], level = 0.95): PairedTest {
  if (a.length !== b.length) {
    throw new Error(`Expected the same seeds in both arms, got ${a.length} and ${b.length} values.`);
  }
  const difference = studentInterval(
    a.map((value, i) => value - b[i]),
    level,
  );
  const error = standardError(a.map((value, i) => value - b[i]));
  const t = difference.estimate === 0 ? 0 : difference.estimate / error;
  const degreesOfFreedom = a.length - 1;
  return { difference, t, degreesOfFreedom, p: 2 * studentCdf(-Math.abs(t), degreesOfFreedom) };
}
