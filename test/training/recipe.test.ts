import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import type { Clip } from '../../src/models';
import {
  type Objective,
  oneCycle,
  type Recipe,
  scheduleOf,
  startTraining,
  trainStep,
  warmupCosine,
} from '../../src/training';
import { assertClose } from '../golden/compare';
import golden from '../golden/optimization.json';
import { TINY_RECIPE } from '../tiny';

const { peak, initial, steps } = golden.cycledAdamw;
const NAMES = Object.keys(initial) as (keyof typeof initial)[];

/** As the official ALIP code trains, with the numbers of the known answer. */
const PUBLISHED: Recipe = {
  steps: steps.length,
  batchSize: 4,
  learningRate: peak,
  schedule: 'oneCycle',
  warmupSteps: 0.1 * steps.length,
  weightDecay: 0.2,
  decayed: 'all',
  epsilon: 1e-8,
  seed: 0,
};

const BATCH = { keys: [], images: undefined!, texts: undefined! };

/** The known answer's parameters beside a logit scale that stays, and a loss that has the known gradients. */
function trainingOf(recipe: Recipe) {
  const parameters = new Map<string, tf.Variable>(
    NAMES.map((name) => [`known.${name}`, tf.variable(tf.tensor(initial[name], golden.adamw.shapes[name]))]),
  );
  parameters.set('logit_scale', tf.variable(tf.scalar(1), false));
  let step = 0;
  const objective: Objective = {
    name: 'given gradients',
    encode: () => ({}),
    lossOf: () => {
      const { gradients } = steps[step++];
      const terms = NAMES.map((name) => {
        const variable = parameters.get(`known.${name}`)!;
        return tf.sum(tf.mul(variable, tf.tensor(gradients[name], variable.shape)));
      });
      return { loss: tf.addN(terms) as tf.Scalar };
    },
  };
  return startTraining({ parameters } as unknown as Clip, objective, recipe);
}

describe('a recipe', () => {
  before(() => startEngine());
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  it(`trains as PyTorch's AdamW under OneCycleLR for ${steps.length} steps, beta1 cycled, everything decayed`, () => {
    const training = trainingOf(PUBLISHED);
    steps.forEach((expected, step) => {
      const { learningRate } = trainStep(training, BATCH);
      assert.ok(Math.abs(learningRate - expected.learningRate) < 1e-12, `step ${step}: ${learningRate}`);
      const { momentum } = scheduleOf(PUBLISHED);
      assert.ok(Math.abs(momentum!(step) - expected.beta1) < 1e-12, `step ${step}: ${momentum!(step)}`);
      for (const name of NAMES) {
        const variable = training.model.parameters.get(`known.${name}`)!;
        assertClose(variable, expected.parameters[name], 1e-5, `step ${step}, ${name}`);
      }
    });
  });

  for (const [what, change] of [
    ['beta1 stays', { cycleMomentum: false }],
    ['vectors do not decay', { decayed: 'matrices' }],
  ] as const) {
    it(`trains to something else where ${what}`, () => {
      const training = trainingOf({ ...PUBLISHED, ...change });
      for (const _ of steps) trainStep(training, BATCH);
      const vector = training.model.parameters.get('known.ln_post.weight')!.dataSync();
      const expected = steps[steps.length - 1].parameters['ln_post.weight'];
      assert.ok(Math.max(...expected.map((value, i) => Math.abs(value - vector[i]))) > 1e-4);
    });
  }

  it('warms up linearly and falls along a cosine to zero unless it says otherwise', () => {
    const { learningRate, momentum } = scheduleOf(TINY_RECIPE);
    const expected = warmupCosine({ peak: 1e-2, warmupSteps: 1, totalSteps: 6 });
    for (let step = 0; step <= 6; step++) assert.equal(learningRate(step), expected(step));
    assert.equal(momentum, undefined);
  });

  it('takes the published tenth of a published number of steps', () => {
    const totalSteps = 117_696;
    const recipe = { ...PUBLISHED, steps: totalSteps, warmupSteps: 0.1 * totalSteps };
    const expected = oneCycle({ peak, totalSteps, riseShare: 0.1 });
    for (const step of [0, 5000, 11_768, 11_769, 60_000, totalSteps - 1]) {
      assert.equal(scheduleOf(recipe).learningRate(step), expected.learningRate(step));
    }
  });
});
