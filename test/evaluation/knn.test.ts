import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { toEmbeddings } from '../../src/evaluation/embeddings';
import { DINO_NEIGHBOURS, knnAccuracy } from '../../src/evaluation/knn';
import { clusters } from '../golden/clusters';
import { assertClose } from '../golden/compare';

const answers: {
  weighted: Record<string, { top1: number; top5: number }>;
  majority: Record<string, { top1: number; predictions: number[] }>;
} = JSON.parse(readFileSync(join(__dirname, '../golden/knn.json'), 'utf8'));

const sizes = { width: 24, classes: 12, noise: 2 };
const train = clusters('knn train', 600, sizes);
const test = clusters('knn test', 250, sizes);
const k = Object.keys(answers.weighted).map(Number);

describe('k nearest neighbours', () => {
  before(async () => {
    await startEngine();
  });

  it("vote as DINO's do, by default", () => {
    for (const [count, score] of knnAccuracy({ train, test, classes: 12, k })) {
      const { top1, top5 } = answers.weighted[count];
      assertClose([score.top1, score.top5], [top1, top5], 1e-6, `${count} neighbours`);
    }
    assert.deepEqual([...knnAccuracy({ train, test, classes: 12 }).keys()], [...DINO_NEIGHBOURS]);
  });

  it("by majority choose what scikit-learn's KNeighborsClassifier chooses, ties included", () => {
    for (const [count, score] of knnAccuracy({ train, test, classes: 12, k, vote: { kind: 'majority' } })) {
      assert.deepEqual([...score.predictions], answers.majority[count].predictions, `${count} neighbours`);
      assertClose([score.top1], [answers.majority[count].top1], 1e-6);
    }
  });

  it('do not depend on the lengths of the rows, and all vote where there are fewer than asked for', () => {
    const features = toEmbeddings(
      train.features.values.map((value, i) => value * (1 + Math.floor(i / 24))),
      24,
    );
    const most = knnAccuracy({ train: { ...train, features }, test, classes: 12, k: [600, 10_000] });
    assert.deepEqual(most.get(600), most.get(10_000));
    const one = knnAccuracy({ train: { ...train, features }, test, classes: 12, k: [1] });
    assertClose([one.get(1)!.top1], [answers.weighted[1].top1], 1e-6);
  });

  it('give a class without a vote nothing', () => {
    const [rows, labels] = [toEmbeddings([1, 0, 0, 1], 2), [0, 1]];
    const lonely = { features: toEmbeddings([1, 0.1], 2), labels: [6] };
    for (const vote of [{ kind: 'majority' } as const, undefined]) {
      const score = knnAccuracy({
        train: { features: rows, labels },
        test: lonely,
        classes: 7,
        k: [2],
        vote,
      });
      assert.deepEqual([score.get(2)!.top1, score.get(2)!.top5], [0, 0]);
    }
  });

  it('leak no tensors', () => {
    const before = tf.memory().numTensors;
    knnAccuracy({ train, test, classes: 12, k: [5] });
    assert.equal(tf.memory().numTensors, before);
  });

  it('refuse what does not fit, in one sentence', () => {
    const attempt = (change: object) => () => knnAccuracy({ train, test, classes: 12, ...change });
    assert.throws(attempt({ k: [0] }), /Expected numbers of neighbours above zero, got 0/);
    assert.throws(attempt({ k: [] }), /got none/);
    assert.throws(attempt({ classes: 3 }), /Expected labels from 0 to 2/);
    assert.throws(attempt({ vote: { kind: 'weighted', temperature: 0 } }), /Expected a temperature above 0/);
  });
});
