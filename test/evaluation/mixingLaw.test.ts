import assert from 'node:assert/strict';
import { createRandom } from '../../src/engine/random';
import { judgePrediction } from '../../src/evaluation/judgePrediction';
import { inverseGram } from '../../src/evaluation/leastSquares';
import { curveAt, curveSlope } from '../../src/evaluation/mixingCurve';
import { fitMixingLaw, type MixingLaw } from '../../src/evaluation/mixingLaw';
import golden from '../golden/mixingLaw.json';

const SHARES = [0, 0.1, 0.23, 0.5, 1];

function close(actual: number, expected: number, tolerance: number, what: string): void {
  const bound = tolerance * Math.max(1e-6, Math.abs(expected));
  assert.ok(Math.abs(actual - expected) <= bound, `${what}: expected ${expected}, got ${actual}`);
}

function closeAll(actual: number[], expected: number[], tolerance: number, what: string): void {
  for (const [i, own] of actual.entries()) close(own, expected[i], tolerance, `${what}, number ${i}`);
}

function lawOf(values: (share: number) => number, shares = SHARES): MixingLaw {
  return fitMixingLaw(shares.map((share) => ({ share, value: values(share) })));
}

describe('the mixing law', () => {
  for (const { name, points, parameters, covariance, residual_error, predictions } of golden.cases) {
    it(`equals SciPy: ${name}`, () => {
      const law = fitMixingLaw(points);
      assert.equal(law.shape, 'curve');
      closeAll([law.c, law.k, law.t], parameters, 1e-6, 'c, k, t');
      if (covariance) {
        closeAll(law.covariance.flat(), covariance.flat(), 1e-5, 'covariance');
        close(law.residualError, residual_error, 1e-8, 'residual error');
      } else assert.ok(law.residualError < 1e-12);
      for (const expected of predictions) {
        const own = law.predict(expected.share, { level: golden.level });
        close(own.estimate, expected.estimate, 1e-7, `at ${expected.share}`);
        close(own.low, expected.low, 1e-7, `low at ${expected.share}`);
        close(own.high, expected.high, 1e-7, `high at ${expected.share}`);
      }
    });
  }

  it('is its own formula, c + k·exp(t·r), for every shape', () => {
    const step = (share: number) => (share === 0 ? 5 : 3);
    const laws = [lawOf((r) => 2 + Math.exp(-3 * r)), lawOf((r) => 2 - 0.5 * r), lawOf(step), lawOf(() => 4)];
    assert.deepEqual(
      laws.map(({ shape }) => shape),
      ['curve', 'line', 'step', 'flat'],
    );
    for (const { c, k, t, predict, shape } of laws) {
      for (const share of [0, 0.3, 1])
        close(c + k * Math.exp(t * share), predict(share).estimate, 1e-9, shape);
    }
  });

  it('draws a straight line through straight points, with a finite interval', () => {
    const noise = [0.01, -0.02, 0.02, 0, -0.01];
    const exact = lawOf((r) => 2 - 0.5 * r);
    for (const share of [0.05, 0.4, 0.75])
      close(exact.predict(share).estimate, 2 - 0.5 * share, 1e-6, 'line');
    const law = lawOf((r) => 2 - 0.5 * r + noise[SHARES.indexOf(r)]);
    const { low, high } = law.predict(0.4);
    assert.ok(low < 1.8 && high > 1.8 && high - low < 0.5, `${low} to ${high}`);
  });

  it('knows that a step lies somewhere between two shares, and where it does not', () => {
    const values: Record<number, number> = { 0: 5, 0.1: 2.98, 0.23: 3.02, 0.5: 3.01, 1: 2.99 };
    const law = lawOf((r) => values[r]);
    assert.equal(law.shape, 'step');
    assert.equal(law.covariance[2][2], Number.POSITIVE_INFINITY);
    assert.equal(law.predict(0.05).high, Number.POSITIVE_INFINITY);
    close(law.predict(0.4).estimate, 3, 1e-9, 'behind the step');
    assert.ok(law.predict(0.4).high < 3.1);
    const rising = fitMixingLaw(SHARES.map((share) => ({ share: 1 - share, value: -values[share] })));
    assert.equal(rising.shape, 'step');
    assert.equal(rising.predict(0.95).low, Number.NEGATIVE_INFINITY);
    close(rising.predict(0.4).estimate, -3, 1e-9, 'before the step');
  });

  it('gives numbers or infinities for a step between shares that are close and far from 0', () => {
    const shares = [0.81, 0.82, 0.9, 0.95];
    for (const up of [0.81, 0.95]) {
      const law = lawOf((r) => (r === up ? 4 : 3), shares);
      assert.equal(law.shape, 'step');
      for (const share of [0, 0.815, 0.9, 1]) {
        const { estimate, low, high } = law.predict(share);
        assert.ok(![estimate, low, high].some(Number.isNaN), `${estimate}, ${low} to ${high} at ${share}`);
      }
      assert.ok(!law.covariance.flat().some(Number.isNaN));
    }
  });

  it('has no bend and no error where all values are equal', () => {
    const { k, t, residualError, predict } = lawOf(() => 0.3);
    assert.deepEqual([k, t], [0, 0]);
    assert.ok(residualError < 1e-15);
    close(predict(0.7).high, 0.3, 1e-12, 'flat');
  });

  it('finds the best t from anywhere: no t of a fine grid is better', () => {
    const random = createRandom(11);
    for (let trial = 0; trial < 20; trial++) {
      const points = SHARES.flatMap((share) => [0, 1].map(() => ({ share, value: random.normal() })));
      const { c, k, t } = fitMixingLaw(points);
      const loss = (law: (share: number) => number) =>
        points.reduce((sum, { share, value }) => sum + (value - law(share)) ** 2, 0);
      const found = loss((share) => c + k * Math.exp(t * share));
      for (let other = -60; other <= 18; other += 0.37) {
        const bends = points.map(({ share }) => Math.exp(other * share));
        const [bend, value] = [bends, points.map((point) => point.value)].map(
          (list) => list.reduce((sum, entry) => sum + entry, 0) / list.length,
        );
        const across = points.reduce((sum, point, i) => sum + (bends[i] - bend) * (point.value - value), 0);
        const slope = across / bends.reduce((sum, entry) => sum + (entry - bend) ** 2, 0);
        const best = loss((share) => value + slope * (Math.exp(other * share) - bend));
        assert.ok(found <= best * (1 + 1e-6), `trial ${trial}: t = ${other} has ${best}, ${t} has ${found}`);
      }
    }
  });

  it('covers the truth about as often as its level says', () => {
    const random = createRandom(5);
    let covered = 0;
    for (let trial = 0; trial < 200; trial++) {
      const points = SHARES.flatMap((share) =>
        [0, 1, 2].map(() => ({ share, value: 2 + Math.exp(-3 * share) + 0.03 * random.normal() })),
      );
      const { low, high } = fitMixingLaw(points).predict(0.35);
      if (low <= 2 + Math.exp(-1.05) && high >= 2 + Math.exp(-1.05)) covered++;
    }
    assert.ok(covered > 180 && covered < 200, `${covered} of 200`);
  });

  it('asks for four shares and for numbers in range', () => {
    const three = [0, 0, 0.5, 1].map((share) => ({ share, value: 1 }));
    assert.throws(
      () => fitMixingLaw(three),
      /^Error: Expected at least 4 distinct shares for a law of 3 parameters, got 3: train with more shares\.$/,
    );
    assert.throws(() => fitMixingLaw([{ share: 23, value: 1 }]), /from 0 to 1, got 23: divide per cent/);
    assert.throws(() => fitMixingLaw([{ share: 0, value: Number.NaN }]), /at share 0, got NaN/);
    assert.throws(() => fitMixingLaw([{ share: 0, value: 1, weight: 0 }]), /weight above 0/);
  });
});

describe('a judged prediction', () => {
  const noise = [0.01, -0.02, 0.02, 0.01, -0.02];
  const law = lawOf((r) => 2 + Math.exp(-3 * r) + noise[SHARES.indexOf(r)]);

  it('says how far off the law was, with the scatter of the new measurements', () => {
    const judged = judgePrediction(law, 0.35, [2.4, 2.5]);
    assert.equal(judged.actual, 2.45);
    assert.equal(judged.error, 2.45 - law.predict(0.35).estimate);
    const { standardError } = law.predict(0.35);
    close(
      judged.predicted.standardError,
      Math.sqrt(standardError ** 2 + law.residualError ** 2 / 2),
      1e-12,
      'error',
    );
    close(judged.standardErrors, judged.error / judged.predicted.standardError, 1e-12, 'in standard errors');
    assert.equal(judged.inside, judged.predicted.low <= 2.45 && judged.predicted.high >= 2.45);
  });

  it('lies inside where it is met, outside where it is not', () => {
    assert.equal(judgePrediction(law, 0.35, [law.predict(0.35).estimate]).inside, true);
    assert.equal(judgePrediction(law, 0.35, [9]).inside, false);
    assert.equal(
      judgePrediction(
        lawOf(() => 1),
        0.35,
        [1],
      ).standardErrors,
      0,
    );
  });
});

describe('the curve under the law', () => {
  it('goes from 0 to 1 and has the slope that differences show', () => {
    for (const t of [-800, -3, -1e-5, 1e-5, 0.4, 900]) {
      const curve = { t, low: 0.1, high: 0.9 };
      assert.deepEqual([curveAt(curve, 0.1), curveAt(curve, 0.9)], [0, 1]);
      const step = 1e-4 * Math.max(1, Math.abs(t));
      const difference =
        (curveAt({ ...curve, t: t + step }, 0.3) - curveAt({ ...curve, t: t - step }, 0.3)) / (2 * step);
      assert.ok(Math.abs(curveSlope(curve, 0.3) - difference) < 1e-6, `t = ${t}`);
    }
  });

  it('rests on a Gram matrix’s inverse, which refuses twin columns', () => {
    const inverse = inverseGram([
      [1, 0],
      [1, 1],
      [1, 2],
    ]);
    closeAll(inverse.flat(), [5 / 6, -0.5, -0.5, 0.5], 1e-12, 'inverse');
    assert.throws(() => inverseGram([1, 2, 3].map((x) => [x, 2 * x])), /parameter 1 is not: add points/);
  });
});
