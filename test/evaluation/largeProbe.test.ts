import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { normaliseRows } from '../../src/evaluation/embeddings';
import {
  fitLinearProbe,
  type ProbeExamples,
  probeProbabilities,
  scoreProbe,
} from '../../src/evaluation/linearProbe';
import { clusters } from '../golden/clusters';
import { assertClose } from '../golden/compare';

const answers: Record<string, { accuracy: number; loss: number }> = JSON.parse(
  readFileSync(join(__dirname, '../golden/largeProbe.json'), 'utf8'),
);
const CLASSES = 40;

function examples(split: string, count: number): ProbeExamples {
  const { features, labels } = clusters(`large ${split}`, count, { width: 256, classes: CLASSES });
  return { features: normaliseRows(features), labels };
}

describe('the linear probe at a size where the engine multiplies', () => {
  const [train, test] = [examples('train', 5000), examples('test', 2000)];
  before(async () => {
    await startEngine();
  });

  for (const [strength, { accuracy, loss }] of Object.entries(answers)) {
    it(`has scikit-learn's accuracy within 0.2 points, and its minimum, at strength ${strength}`, () => {
      const tensors = tf.memory().numTensors;
      const probe = fitLinearProbe({ ...train, classes: CLASSES, strength: Number(strength) });
      assert.equal(tf.memory().numTensors, tensors);
      assert.ok(probe.converged, `${probe.iterations} iterations`);
      const found = scoreProbe(probe, test).top1;
      assert.ok(Math.abs(found - accuracy) <= 0.002, `${found} where scikit-learn has ${accuracy}`);

      const probabilities = probeProbabilities(probe, train.features);
      const logs = Array.from(train.labels, (label, row) => -Math.log(probabilities[row * CLASSES + label]));
      const penalty = probe.weights.reduce((sum, weight) => sum + (Number(strength) / 2) * weight ** 2, 0);
      const reached = (logs.reduce((a, b) => a + b) + penalty) / train.labels.length;
      assertClose([reached], [loss], 5e-6, 'penalised loss');
    });
  }
});
