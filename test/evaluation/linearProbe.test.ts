import assert from 'node:assert/strict';
import { toEmbeddings } from '../../src/evaluation/embeddings';
import {
  fitLinearProbe,
  type ProbeExamples,
  probeProbabilities,
  scoreProbe,
} from '../../src/evaluation/linearProbe';
import { PROBE_STRENGTHS, searchPeak, sweepLinearProbe } from '../../src/evaluation/probeSweep';
import { assertClose, golden } from '../golden/compare';

const answers = golden('linearProbe.safetensors');
const answer = (name: string) => answers.get(name)!.data;

function examples(split: string): ProbeExamples {
  const { data, shape } = answers.get(`${split}.features`)!;
  return { features: toEmbeddings(data, shape[1]), labels: answer(`${split}.labels`) };
}

const CLASSES = 7;
const [train, validation, test] = ['train', 'validation', 'test'].map(examples);

describe('the linear probe', () => {
  for (const strength of [100, 3.16, 0.1, 0.001]) {
    it(`equals scikit-learn's logistic regression at strength ${strength}`, () => {
      const probe = fitLinearProbe({ ...train, classes: CLASSES, strength, tolerance: 1e-14 });
      assert.ok(probe.converged, `${probe.iterations} iterations`);
      assertRelative(probe.weights, answer(`${strength}.coef`), 1e-5, 'weights');
      assertRelative(probe.intercepts, answer(`${strength}.intercept`), 1e-5, 'intercepts');
      assertClose(probeProbabilities(probe, test.features), answer(`${strength}.probabilities`), 1e-5);
      assertClose([scoreProbe(probe, test).top1], answer(`${strength}.accuracy`), 1e-6);
    });
  }

  it('comes near enough where it stops of itself', () => {
    for (const strength of [100, 3.16, 0.1, 0.001]) {
      const probe = fitLinearProbe({ ...train, classes: CLASSES, strength });
      assert.ok(probe.converged, `${probe.iterations} iterations`);
      assertRelative(probe.weights, answer(`${strength}.coef`), 1e-3, 'weights');
      assertClose(probeProbabilities(probe, test.features), answer(`${strength}.probabilities`), 2e-4);
      assertClose([scoreProbe(probe, test).top1], answer(`${strength}.accuracy`), 1e-6);
    }
  });

  it('does not depend on a common shift of the features, nor on their unit', () => {
    const { features, labels } = train;
    const moved = toEmbeddings(
      features.values.map((value) => 1000 * value + 50),
      features.width,
    );
    const movedTest = toEmbeddings(
      test.features.values.map((value) => 1000 * value + 50),
      features.width,
    );
    const probe = fitLinearProbe({ features: moved, labels, classes: CLASSES, strength: 0.1 * 1e6 });
    assertClose(probeProbabilities(probe, movedTest), answer('0.1.probabilities'), 1e-3);
  });

  it('never predicts a class without examples, and bears a feature that never varies', () => {
    const features = toEmbeddings([0, 1, 0.1, 1, 1, 1, 1.1, 1], 2);
    const probe = fitLinearProbe({ features, labels: [0, 0, 2, 2], classes: 4, strength: 0.01 });
    assert.ok(probe.converged);
    const score = scoreProbe(probe, { features, labels: [0, 0, 2, 1] });
    assert.deepEqual([...score.predictions], [0, 0, 2, 2]);
    assert.equal(score.top1, 3 / 4);
    assert.equal(score.meanPerClass, (1 + 0 + 1) / 3);
    assert.equal(score.count, 4);
  });

  it('gives a collapsed model nothing', () => {
    const equal = toEmbeddings(new Array(12).fill(1), 2);
    const labels = [0, 1, 2, 0, 1, 2];
    const probe = fitLinearProbe({ features: equal, labels, classes: 3, strength: 1 });
    assert.equal(scoreProbe(probe, { features: equal, labels }).top1, 0);
  });

  it('says when the iterations run out', () => {
    const probe = fitLinearProbe({ ...train, classes: CLASSES, strength: 0.001, maxIterations: 2 });
    assert.deepEqual([probe.iterations, probe.converged], [2, false]);
  });

  it('refuses what does not fit, in one sentence', () => {
    const attempt = (change: object) => () =>
      fitLinearProbe({ ...train, classes: CLASSES, strength: 1, ...change });
    assert.throws(attempt({ strength: 0 }), /Expected a strength above 0, got 0\./);
    assert.throws(attempt({ classes: 6 }), /Expected labels from 0 to 5, got 6 for picture 6\./);
    assert.throws(attempt({ classes: 1 }), /Expected two classes or more, got 1\./);
    assert.throws(attempt({ labels: [0] }), /Expected one label for each picture, got 1 for 203 pictures\./);
    const probe = fitLinearProbe({ ...train, classes: CLASSES, strength: 100 });
    assert.throws(() => probeProbabilities(probe, toEmbeddings([1, 2], 2)), /Expected features 12 wide/);
  });
});

describe('the sweep over strengths', () => {
  it("follows scikit-learn's curve and judges a last fit on train and validation", () => {
    const fitted: number[] = [];
    const result = sweepLinearProbe({
      train,
      validation,
      test,
      classes: CLASSES,
      searchTolerance: 1e-9,
      onFit: ({ strength }) => fitted.push(strength),
    });
    const curve = answer('sweep.validation');
    const places = result.fits.map(({ strength }) => PROBE_STRENGTHS.indexOf(strength));
    assertClose(
      result.fits.map((fit) => fit.validation),
      places.map((place) => curve[place]),
      1e-6,
    );
    assert.equal(new Set(fitted).size, fitted.length);
    assert.deepEqual(places, [0, 16, 24, 32, 36, 38, 39, 40, 41, 42, 44, 48, 64, 80, 96]);
    const best = searchPeak(97, 16, (place) => curve[place]);
    assert.equal(result.strength, PROBE_STRENGTHS[best]);
    assertClose([result.top1], [answer('sweep.test')[best]], 1e-6);
    assert.equal(result.count, 121);
  });

  it('chooses the same strength where its fits stop of themselves', () => {
    const { strength, converged } = sweepLinearProbe({ train, validation, test, classes: CLASSES });
    const best = searchPeak(97, 16, (place) => answer('sweep.validation')[place]);
    assert.deepEqual([strength, converged], [PROBE_STRENGTHS[best], true]);
  });

  it('tries 97 strengths from 1e-6 to 1e6, eight to a decade', () => {
    assert.equal(PROBE_STRENGTHS.length, 97);
    assertRelative([PROBE_STRENGTHS[0], PROBE_STRENGTHS[48], PROBE_STRENGTHS[96]], [1e-6, 1, 1e6], 1e-12);
    assertRelative([PROBE_STRENGTHS[56]], [10], 1e-12);
  });
});

describe('the search for a peak', () => {
  it('finds every single peak, with few looks', () => {
    for (let peak = 0; peak < 97; peak++) {
      const looks: number[] = [];
      const found = searchPeak(97, 16, (place) => {
        looks.push(place);
        return -Math.abs(place - peak);
      });
      assert.equal(found, peak);
      assert.ok(looks.length <= 7 + 2 * 4, `${looks.length} looks`);
      assert.equal(new Set(looks).size, looks.length);
      assert.deepEqual(looks.slice(0, 7), [0, 16, 32, 48, 64, 80, 96]);
    }
  });

  it('takes the last of equals', () => {
    assert.equal(
      searchPeak(97, 16, (place) => (place <= 40 ? 1 : 0)),
      40,
    );
    assert.equal(
      searchPeak(97, 16, () => 0),
      96,
    );
  });
});

/** Every entry within `tolerance` of the largest expected one. */
function assertRelative(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what?: string,
): void {
  const largest = Array.from(expected).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const scaled = (values: ArrayLike<number>) => Array.from(values, (value) => value / largest);
  assertClose(scaled(actual), scaled(expected), tolerance, what);
}
