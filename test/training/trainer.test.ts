import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { type ClipConfig, createClip } from '../../src/models';
import {
  alipObjective,
  clipObjective,
  dalipObjective,
  NotANumberError,
  type Objective,
  type Recipe,
  startTraining,
  type Training,
  type TrainingData,
  trainStep,
  trainSteps,
} from '../../src/training';
import { disposeTraining, TINY, TINY_RECIPE, TINY_SECOND_ORDER, tinyData } from '../tiny';

const data = tinyData();

const METHODS: [Objective['name'], () => Objective, ClipConfig][] = [
  ['CLIP', clipObjective, TINY],
  ['DALIP', dalipObjective, TINY_SECOND_ORDER],
  ['ALIP', alipObjective, TINY],
];

function start(objective: Objective, config: ClipConfig, recipe: Partial<Recipe> = {}): Training {
  return startTraining(createClip(config, 0), objective, { ...TINY_RECIPE, ...recipe });
}

async function losses(training: Training, from: TrainingData = data): Promise<number[]> {
  const all: number[] = [];
  for await (const { loss } of trainSteps(training, from)) all.push(loss);
  return all;
}

const values = ({ model }: Training) =>
  new Map([...model.parameters].map(([name, variable]) => [name, [...variable.dataSync()]]));

describe('trainSteps', () => {
  before(() => startEngine());

  for (const [name, objective, config] of METHODS) {
    it(`gives exactly the same losses and parameters for the same seed: ${name}`, async () => {
      const [a, b] = [start(objective(), config), start(objective(), config)];
      const first = await losses(a);
      assert.deepEqual(first, await losses(b));
      assert.deepEqual(values(a), values(b));
      assert.equal(first.length, TINY_RECIPE.steps);
      for (const training of [a, b]) disposeTraining(training);
    });

    it(`takes the same steps with recomputed blocks: ${name}`, async () => {
      const [kept, again] = [start(objective(), config), start(objective(), config, { recompute: true })];
      const [first, second] = [await losses(kept), await losses(again)];
      first.forEach((loss, step) => {
        assert.ok(Math.abs(loss - second[step]) < 1e-4 * loss, `step ${step}: ${loss}, ${second[step]}`);
      });
      for (const training of [kept, again]) disposeTraining(training);
    });

    it(`leaves no tensors behind: ${name}`, async () => {
      const training = start(objective(), config, { steps: 4 });
      const counts: number[] = [];
      for await (const _ of trainSteps(training, data)) counts.push(tf.memory().numTensors);
      assert.deepEqual(new Set(counts).size, 1, `tensors after each step: ${counts}`);
      disposeTraining(training);
    });
  }

  it('lowers the loss on a batch it sees again and again', async () => {
    const training = start(clipObjective(), TINY, { steps: 30 });
    const all = await losses(training, { batch: () => data.batch(0) });
    assert.ok(all[29] < 0.5 * all[0], `from ${all[0]} to ${all[29]}`);
    disposeTraining(training);
  });

  it('reports the step, the schedule and the temperature', async () => {
    const training = start(clipObjective(), TINY, { steps: 4, warmupSteps: 2, learningRate: 0.01 });
    const reports = [];
    for await (const report of trainSteps(training, data)) reports.push(report);
    assert.deepEqual(
      reports.map(({ step }) => step),
      [1, 2, 3, 4],
    );
    assert.deepEqual(
      reports.map(({ learningRate }) => Number(learningRate.toFixed(6))),
      [0.005, 0.01, 0.01, 0.005],
    );
    const scale = Math.exp(training.model.parameters.get('logit_scale')!.dataSync()[0]);
    assert.equal(reports[3].logitScale, scale);
    assert.ok(reports.every(({ pairsPerSecond, gradientNorm }) => pairsPerSecond > 0 && gradientNorm > 0));
    disposeTraining(training);
  });

  it('shows what ALIP’s gates do', async () => {
    const training = start(alipObjective(), TINY, { steps: 1 });
    for await (const { metrics } of trainSteps(training, data)) {
      assert.ok(metrics.weightSample > 0 && metrics.weightSample <= 1);
      assert.ok(metrics.historyTextCaption < 1);
    }
    disposeTraining(training);
  });
});

describe('trainStep', () => {
  before(() => startEngine());

  for (const [limit, start_] of [
    [100, 9],
    [1, -3],
  ]) {
    it(`keeps the temperature at ${limit} when it would pass it`, async () => {
      const training = start(clipObjective(), TINY);
      const variable = training.model.parameters.get('logit_scale')!;
      tf.tidy(() => variable.assign(tf.scalar(start_)));
      const batch = await data.batch(0);
      const { logitScale } = trainStep(training, batch);
      assert.ok(Math.abs(logitScale - limit) < 1e-4 * limit, `${logitScale}`);
      batch.images.dispose();
      disposeTraining(training);
    });
  }

  for (const [name, objective, config] of METHODS) {
    it(`stops at a loss that is not a number and changes nothing: ${name}`, async () => {
      const method = objective();
      const training = start(method, config);
      const broken: TrainingData = {
        batch: async (step) => {
          const batch = await data.batch(step);
          if (step < 2) return batch;
          batch.images.dispose();
          return { ...batch, images: tf.fill([4, 16, 16, 3], Number.NaN) };
        },
      };
      let before = new Map<string, number[]>();
      let state: unknown;
      const tensors = tf.memory().numTensors;
      await assert.rejects(
        async () => {
          for await (const _ of trainSteps(training, broken)) {
            [before, state] = [values(training), method.getState?.()];
          }
        },
        (error: NotANumberError) => {
          assert.ok(error instanceof NotANumberError);
          assert.match(error.message, /^The loss stopped being a number at step 3 \(loss NaN, /);
          assert.match(
            error.message,
            /learning rate \d\.\d\de-3, batch: picture \d, .*\); lower the learning rate/,
          );
          assert.deepEqual([error.step, error.keys.length], [3, 4]);
          return true;
        },
      );
      assert.equal(training.optimizer.stepCount, 2);
      assert.deepEqual(values(training), before);
      assert.deepEqual(method.getState?.(), state);
      assert.equal(tf.memory().numTensors, tensors);
      disposeTraining(training);
    });
  }

  it('asks for a caption where the objective needs one', async () => {
    const training = start(alipObjective(), TINY);
    const batch = await data.batch(0);
    const tensors = tf.memory().numTensors;
    assert.throws(
      () => trainStep(training, { ...batch, captions: undefined }),
      /ALIP needs a caption beside each raw text; this data has one text only\./,
    );
    assert.equal(tf.memory().numTensors, tensors);
    batch.images.dispose();
    disposeTraining(training);
  });
});
