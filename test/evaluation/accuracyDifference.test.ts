import assert from 'node:assert/strict';
import {
  accuracyDifference,
  meanDifference,
  pairedDifference,
} from '../../src/evaluation/accuracyDifference';

function close(actual: number, expected: number, tolerance = 1e-12): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `expected ${expected}, got ${actual}`);
}

/** The standard error from the images themselves: for each, +1, 0 or −1. */
function pairedError(onlyOurs: number, onlyBaseline: number, count: number): number {
  const difference = (onlyOurs - onlyBaseline) / count;
  const squares = onlyOurs * (1 - difference) ** 2 + onlyBaseline * (1 + difference) ** 2;
  return Math.sqrt((squares + (count - onlyOurs - onlyBaseline) * difference ** 2) / count / count);
}

describe('the difference of two accuracies', () => {
  it('has the standard errors that one computes by hand', () => {
    // 0.5·0.5 + 0.4·0.6 = 0.49; 0.1 − 0.01 = 0.09; 0.9 − 0.01 = 0.89
    const { difference, independent, lowest, highest } = accuracyDifference(0.5, 0.4, 100);
    close(difference, 0.1);
    close(independent, 0.07);
    close(lowest, 0.03);
    close(highest, Math.sqrt(0.0089));
  });

  it('is bounded by the pairings there are, all of them counted, and the bounds are met', () => {
    const count = 12;
    for (let ours = 0; ours <= count; ours++) {
      for (let baseline = 0; baseline <= count; baseline++) {
        const errors: number[] = [];
        for (let both = 0; both <= Math.min(ours, baseline); both++) {
          if (ours + baseline - both <= count) {
            errors.push(pairedError(ours - both, baseline - both, count));
          }
        }
        const { independent, lowest, highest } = accuracyDifference(ours / count, baseline / count, count);
        close(lowest, Math.min(...errors), 1e-9);
        close(highest, Math.max(...errors), 1e-9);
        assert.ok(independent >= lowest - 1e-9 && independent <= highest + 1e-9, `${ours}, ${baseline}`);
      }
    }
  });

  it('has for independent models the mean variance over all ways to pair their answers', () => {
    // ours is right on 3 of 5 images; the baseline on 2, at any of the 10 pairs of places
    const right = [1, 1, 1, 0, 0];
    let sum = 0;
    for (let i = 0; i < 5; i++) {
      for (let j = i + 1; j < 5; j++) {
        const both = right[i] + right[j];
        sum += pairedError(3 - both, 2 - both, 5) ** 2;
      }
    }
    close(accuracyDifference(0.6, 0.4, 5).independent ** 2, sum / 10);
  });

  it('is certain where both models are right everywhere, and refuses what is no share', () => {
    assert.deepEqual(accuracyDifference(1, 1, 10), { difference: 0, independent: 0, lowest: 0, highest: 0 });
    assert.throws(() => accuracyDifference(48.9, 0.4, 10), /got 48\.9: divide per cent by 100/);
    assert.throws(() => accuracyDifference(0.5, 0.4, 0), /at least one test image, got 0/);
  });

  it('averages over columns, errors in quadrature', () => {
    const part = (difference: number, error: number) => ({
      difference,
      independent: error,
      lowest: error / 2,
      highest: 2 * error,
    });
    const mean = meanDifference([part(0.1, 0.03), part(-0.2, 0.04)]);
    close(mean.difference, -0.05);
    close(mean.independent, 0.025);
    close(mean.lowest, 0.0125);
    close(mean.highest, 0.05);
  });
});

describe('the difference of two models’ answers to the same images', () => {
  const right = (count: number, ...groups: [times: number, value: number][]) => {
    const values = groups.flatMap(([times, value]) => new Array<number>(times).fill(value));
    assert.equal(values.length, count);
    return values;
  };
  // Of 100 images 20 are right in the first only, 5 in the second only, 40 in both.
  const first = right(100, [20, 1], [5, 0], [40, 1], [35, 0]);
  const second = right(100, [20, 0], [5, 1], [40, 1], [35, 0]);

  it('has McNemar’s standard error, narrower than that of independent answers', () => {
    const { estimate, low, high } = pairedDifference(first, second);
    close(estimate, 0.15);
    close((high - low) / 2, 1.959963984540054 * pairedError(20, 5, 100), 1e-9);
    assert.ok((high - low) / 2 < 1.96 * accuracyDifference(0.6, 0.45, 100).independent);
  });

  it('weighs classes alike where it is told them', () => {
    // Class 0: 80 images, all that differ among them; class 1: 20 others.
    const classes = right(100, [80, 0], [20, 1]);
    const { estimate, low, high } = pairedDifference(first, second, classes);
    close(estimate, 15 / 80 / 2);
    close((high - low) / 2, (1.959963984540054 * pairedError(20, 5, 80)) / 2, 1e-9);
  });

  it('is certain where the two never disagree, and wants the same images', () => {
    assert.deepEqual(pairedDifference([1, 0], [1, 0]), { estimate: 0, low: 0, high: 0, level: 0.95 });
    assert.throws(() => pairedDifference([1], [1, 0]), /Expected answers to the same images, got 1 and 2\./);
    assert.throws(() => pairedDifference([], []), /got 0 and 0/);
  });
});
