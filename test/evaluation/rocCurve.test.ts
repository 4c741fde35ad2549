import assert from 'node:assert/strict';
import { auroc } from '../../src/evaluation/auroc';
import { rocCurve } from '../../src/evaluation/rocCurve';
import golden from '../golden/rocCurve.json';

const closeAll = (actual: readonly number[], expected: readonly number[]) => {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of actual.entries()) {
    assert.ok(Math.abs(value - expected[i]) < 1e-12, `${value} for ${expected[i]}`);
  }
};

describe('the curve of a gate as a detector', () => {
  for (const [name, { weights, bad, fpr, tpr, thresholds, auc }] of Object.entries(golden.cases)) {
    it(`equals scikit-learn's: ${name}`, () => {
      const curve = rocCurve(weights, bad);
      closeAll(curve.fpr, fpr);
      closeAll(curve.tpr, tpr);
      closeAll(curve.thresholds.slice(1), thresholds);
      closeAll([curve.auc], [auc]);
    });

    it(`has the area that auroc gives: ${name}`, () => {
      const good = bad.map((one) => 1 - one);
      closeAll([rocCurve(weights, bad).auc], [auroc(weights, good)]);
    });
  }

  it('passes ties in one step, from (0, 0) to (1, 1)', () => {
    const { fpr, tpr, thresholds } = rocCurve([1, 0.5, 1, 1], [false, true, true, false]);
    assert.deepEqual(
      [fpr, tpr],
      [
        [0, 0, 1],
        [0, 0.5, 1],
      ],
    );
    assert.deepEqual(thresholds, [Number.NEGATIVE_INFINITY, 0.5, 1]);
  });

  it('refuses what has no curve', () => {
    assert.throws(() => rocCurve([1, 2], [true]), /one label for each weight, got 1 for 2/);
    assert.throws(() => rocCurve([1, Number.NaN], [true, false]), /NaN/);
    assert.throws(() => rocCurve([1, 2], [true, true]), /got 2 and 0/);
  });
});
