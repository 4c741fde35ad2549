import assert from 'node:assert/strict';
import { stratifiedSplit } from '../../src/data';

describe('stratifiedSplit', () => {
  const labels = Array.from({ length: 100 }, (_, i) => (i < 60 ? 0 : i < 90 ? 1 : 2));

  it('cuts every class in the same proportion, and every example goes to one side', () => {
    const [first, second] = stratifiedSplit(labels, 2 / 3, 0);
    const count = (indices: number[], label: number) => indices.filter((i) => labels[i] === label).length;
    assert.deepEqual(
      [0, 1, 2].map((label) => count(first, label)),
      [40, 20, 7],
    );
    assert.deepEqual(
      [0, 1, 2].map((label) => count(second, label)),
      [20, 10, 3],
    );
    assert.deepEqual(
      [...first, ...second].sort((a, b) => a - b),
      [...labels.keys()],
    );
    assert.deepEqual(
      first,
      [...first].sort((a, b) => a - b),
    );
  });

  it('is the same for the same seed, and another for another', () => {
    assert.deepEqual(stratifiedSplit(labels, 0.5, 3), stratifiedSplit(labels, 0.5, 3));
    assert.notDeepEqual(stratifiedSplit(labels, 0.5, 3), stratifiedSplit(labels, 0.5, 4));
  });

  it('leaves no side without a class that has two examples', () => {
    assert.deepEqual(
      stratifiedSplit([0, 0, 1], 0.99, 0).map((part) => part.length),
      [2, 1],
    );
    assert.deepEqual(
      stratifiedSplit([5, 5], 0.01, 0).map((part) => part.length),
      [1, 1],
    );
  });

  it('refuses a share that leaves nothing', () => {
    assert.throws(() => stratifiedSplit(labels, 1, 0), /Expected a share between 0 and 1, got 1\./);
  });
});
