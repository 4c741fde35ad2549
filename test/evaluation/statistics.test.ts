import assert from 'node:assert/strict';
import { createRandom } from '../../src/engine/random';
import { auroc } from '../../src/evaluation/auroc';
import { normalCdf, normalQuantile, studentCdf, studentQuantile } from '../../src/evaluation/distributions';
import {
  bootstrapInterval,
  mean,
  pairedTTest,
  standardDeviation,
  standardError,
  studentInterval,
  wilsonInterval,
} from '../../src/evaluation/statistics';
import golden from '../golden/evaluationStatistics.json';

function close(actual: number, expected: number, tolerance = 1e-10): void {
  const bound = tolerance * Math.max(1e-3, Math.abs(expected));
  assert.ok(Math.abs(actual - expected) <= bound, `expected ${expected}, got ${actual}`);
}

describe('statistics', () => {
  it('equal SciPy on mean, deviation and intervals', () => {
    close(mean(golden.a), golden.mean);
    close(standardDeviation(golden.a), golden.standard_deviation);
    close(standardError(golden.a), golden.standard_error);
    const wide = studentInterval(golden.a);
    close(wide.low, golden.interval_95[0]);
    close(wide.high, golden.interval_95[1]);
    const narrow = studentInterval(golden.a.slice(0, 3), 0.9);
    close(narrow.low, golden.interval_90_of_3[0]);
    close(narrow.high, golden.interval_90_of_3[1]);
  });

  it('equal SciPy on distributions and their quantiles', () => {
    for (const [t, degrees, p] of golden.student_cdf) close(studentCdf(t, degrees), p);
    for (const [p, degrees, t] of golden.student_quantile) close(studentQuantile(p, degrees), t, 1e-9);
    for (const [x, p] of golden.normal_cdf) close(normalCdf(x), p);
    for (const [p, x] of golden.normal_quantile) close(normalQuantile(p), x);
    assert.throws(() => normalQuantile(1), /strictly between 0 and 1/);
  });

  it('equal SciPy on Wilson intervals, at 0 and at 1 too', () => {
    for (const [successes, count, level, low, high] of golden.wilson) {
      const interval = wilsonInterval(successes, count, level);
      close(interval.low, low);
      close(interval.high, high);
    }
    assert.throws(() => wilsonInterval(5, 4), /got 5 of 4/);
  });

  it('equal SciPy on the paired t test', () => {
    const test = pairedTTest(golden.a, golden.b);
    close(test.t, golden.paired.t);
    close(test.p, golden.paired.p);
    close(test.difference.low, golden.paired.interval[0]);
    close(test.difference.high, golden.paired.interval[1]);
    assert.equal(pairedTTest([1, 2], [1, 2]).p, 1);
    assert.equal(pairedTTest([2, 3], [1, 2]).p, 0);
    assert.throws(() => pairedTTest([1, 2], [1]), /same seeds/);
  });

  it('refuse an interval over one seed', () => {
    assert.throws(() => studentInterval([1]), /run more seeds/);
  });

  it('bootstrap around the mean, the same for the same seed', () => {
    const hits = Array.from({ length: 400 }, (_, i) => Number(i % 4 === 0));
    const interval = bootstrapInterval(hits, createRandom(3));
    const wilson = wilsonInterval(100, 400);
    close(interval.low, wilson.low, 0.03);
    close(interval.high, wilson.high, 0.03);
    assert.deepEqual(interval, bootstrapInterval(hits, createRandom(3)));
  });
});

describe('auroc', () => {
  it('equals scikit-learn, ties included', () => {
    close(auroc(golden.scores, golden.labels), golden.auroc);
  });

  it('is 1 for a perfect gate, 0 for an inverted one, a half for a constant one', () => {
    assert.equal(auroc([0.1, 0.2, 0.8, 0.9], [false, false, true, true]), 1);
    assert.equal(auroc([0.8, 0.9, 0.1, 0.2], [false, false, true, true]), 0);
    assert.equal(auroc([1, 1, 1, 1], [false, false, true, true]), 0.5);
  });

  it('refuses labels that are all equal, and scores that are no numbers', () => {
    assert.throws(() => auroc([1, 2], [true, true]), /positive and negative/);
    assert.throws(() => auroc([1, Number.NaN], [true, false]), /NaN/);
  });
});
