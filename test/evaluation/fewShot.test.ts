import assert from 'node:assert/strict';
import { startEngine } from '../../src/engine';
import { selectExamples } from '../../src/evaluation/examples';
import { drawShots, fewShotAccuracy, SHOTS } from '../../src/evaluation/fewShot';
import { fitLinearProbe, scoreProbe } from '../../src/evaluation/linearProbe';
import { studentInterval } from '../../src/evaluation/statistics';
import { clusters } from '../golden/clusters';

const CLASSES = 5;
const sizes = { width: 12, classes: CLASSES, noise: 1 };
const [train, validation, test] = ['train', 'validation', 'test'].map((split, i) =>
  clusters(`few-shot ${split}`, [400, 100, 300][i], sizes),
);
const input = { train, test, classes: CLASSES, strength: 0.1 };

describe('few-shot accuracy', () => {
  before(async () => {
    await startEngine();
  });

  it('draws as many of each class, the fewer among the more, by seed', () => {
    const rowsOf = (shots: number, seed: number) => {
      const { features, labels } = drawShots(train, CLASSES, shots, seed);
      assert.deepEqual(
        Array.from({ length: CLASSES }, (_, c) => Array.from(labels).filter((label) => label === c).length),
        new Array(CLASSES).fill(shots),
      );
      const { values, width, rows } = features;
      return Array.from({ length: rows }, (_, row) => values.slice(row * width, (row + 1) * width).join());
    };
    const four = rowsOf(4, 1);
    assert.equal(new Set(four).size, 4 * CLASSES);
    for (const row of rowsOf(2, 1)) assert.ok(four.includes(row));
    assert.deepEqual(rowsOf(4, 1), four);
    assert.notDeepEqual(rowsOf(4, 2), four);
  });

  it('is that of a probe of the drawn examples, the mean with an interval over seeds', () => {
    const [found] = fewShotAccuracy({ ...input, shots: [4], seeds: [7, 8, 9] });
    const own = [7, 8, 9].map((seed) => {
      const drawn = drawShots(train, CLASSES, 4, seed);
      return scoreProbe(fitLinearProbe({ ...drawn, classes: CLASSES, strength: 0.1 }), test);
    });
    assert.deepEqual(found.top1, studentInterval(own.map(({ top1 }) => top1)));
    assert.deepEqual(found.meanPerClass, studentInterval(own.map(({ meanPerClass }) => meanPerClass)));
    assert.deepEqual(
      found.draws.map(({ seed, top5 }) => [seed, top5]),
      own.map(({ top5 }, i) => [7 + i, top5]),
    );
  });

  it('rises with the number of shots', () => {
    const curve = fewShotAccuracy({ ...input, seeds: [1, 2, 3, 4, 5] });
    assert.deepEqual(
      curve.map(({ shots }) => shots),
      [...SHOTS],
    );
    const means = curve.map(({ top1 }) => top1.estimate);
    assert.ok(means[0] > 0.3 && means[4] > means[2] && means[2] > means[0], means.join(' '));
  });

  it('lets validation examples decide on the strength and nothing else', () => {
    const [found] = fewShotAccuracy({ ...input, strength: { validation }, shots: [8], seeds: [1, 2] });
    for (const { seed, strength, top1 } of found.draws) {
      const [fixed] = fewShotAccuracy({ ...input, strength, shots: [8], seeds: [seed, 0] });
      assert.equal(top1, fixed.draws[0].top1);
    }
  });

  it('names every class with too few examples before it fits any', () => {
    const kept = Array.from(train.labels, (_, i) => i).filter((i) => train.labels[i] !== 3 || i < 60);
    const poor = selectExamples(train, kept);
    const left = Array.from(poor.labels).filter((label) => label === 3).length;
    assert.ok(left > 1 && left < 16);
    assert.throws(
      () => fewShotAccuracy({ ...input, train: poor }),
      new RegExp(`Expected 16 examples of every class, but class 3 has ${left}: ask for fewer`),
    );
    assert.throws(() => fewShotAccuracy({ ...input, classes: 7 }), /class 5 has 0, class 6 has 0/);
    assert.throws(
      () => fewShotAccuracy({ ...input, seeds: [1] }),
      /two seeds or more for an interval, got 1/,
    );
    assert.throws(() => fewShotAccuracy({ ...input, shots: [0] }), /shots above zero, got 0/);
  });
});
