import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { type AdamW, createAdamW, decaysInOpenClip } from '../../src/training/adamw';
import golden from '../golden/optimization.json';

type Values = Record<string, number[]>;

const { options, shapes, initial, steps, moments } = golden.adamw;
const shapeOf = shapes as Record<string, number[]>;

function toTensors(values: Values): Map<string, tf.Tensor> {
  return new Map(Object.entries(values).map(([name, data]) => [name, tf.tensor(data, shapeOf[name])]));
}

function toVariables(values: Values): Map<string, tf.Variable> {
  return new Map([...toTensors(values)].map(([name, tensor]) => [name, tf.tidy(() => tf.variable(tensor))]));
}

function assertClose(actual: Iterable<number>, expected: readonly number[], what: string): void {
  for (const [index, value] of [...actual].entries()) {
    const error = Math.abs(value - expected[index]);
    assert.ok(
      error <= 1e-6 + 1e-6 * Math.abs(expected[index]),
      `${what}[${index}]: ${value}, ${expected[index]}`,
    );
  }
}

function takeStep(optimizer: AdamW, index: number): void {
  const gradients = toTensors(steps[index].gradients);
  optimizer.step(gradients, steps[index].learningRate);
  tf.dispose([...gradients.values()]);
}

function valuesOf(tensors: ReadonlyMap<string, tf.Tensor>): Record<string, number[]> {
  return Object.fromEntries([...tensors].map(([name, tensor]) => [name, [...tensor.dataSync()]]));
}

describe('createAdamW', () => {
  before(async () => {
    await startEngine();
  });
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  it('takes the same steps as torch.optim.AdamW', () => {
    const parameters = toVariables(initial);
    const optimizer = createAdamW(parameters, options);
    steps.forEach((step, index) => {
      takeStep(optimizer, index);
      for (const [name, variable] of parameters) {
        assertClose(variable.dataSync(), (step.parameters as Values)[name], `step ${index}, ${name}`);
      }
    });
    for (const [key, moment] of optimizer.state()) {
      assertClose(moment.dataSync(), (moments as Values)[key], key);
    }
    assert.equal(optimizer.stepCount, steps.length);
  });

  it('continues exactly from a saved state', () => {
    const whole = toVariables(initial);
    const uninterrupted = createAdamW(whole, options);
    for (const index of steps.keys()) takeStep(uninterrupted, index);

    const first = toVariables(initial);
    const before = createAdamW(first, options);
    for (const index of [0, 1, 2]) takeStep(before, index);
    const resumed = toVariables(valuesOf(first));
    const after = createAdamW(resumed, options);
    after.loadState(before.state(), before.stepCount);
    for (const index of [3, 4, 5]) takeStep(after, index);

    assert.deepEqual(valuesOf(resumed), valuesOf(whole));
    assert.deepEqual(valuesOf(after.state()), valuesOf(uninterrupted.state()));
  });

  it('leaves no tensors behind', () => {
    const parameters = toVariables(initial);
    const bare = tf.memory().numTensors;
    const optimizer = createAdamW(parameters, options);
    const ready = tf.memory().numTensors;
    assert.equal(ready - bare, 2 * parameters.size);
    for (const index of [0, 1, 2]) takeStep(optimizer, index);
    const state = new Map(
      [...optimizer.state()].map(([key, moment]) => [
        key,
        { dtype: 'F32' as const, shape: moment.shape, data: new Float32Array(moment.size) },
      ]),
    );
    optimizer.loadState(state, 0);
    assert.equal(tf.memory().numTensors, ready);
    optimizer.dispose();
    assert.equal(tf.memory().numTensors, bare);
  });

  it('lets a schedule move beta1', () => {
    const [usual, moved] = [0.9, 0.5].map((beta1) => {
      const parameters = toVariables(initial);
      const optimizer = createAdamW(parameters, { ...options, beta1 });
      for (const index of [0, 1]) {
        optimizer.step(toTensors(steps[index].gradients), 0.01, 0.5);
      }
      return valuesOf(parameters);
    });
    assert.deepEqual(usual, moved);
  });

  it('names the parameter that has no gradient, and changes nothing', () => {
    const parameters = toVariables(initial);
    const optimizer = createAdamW(parameters, options);
    const gradients = toTensors(steps[0].gradients);
    gradients.delete('logit_scale');
    assert.throws(() => optimizer.step(gradients, 0.1), /"logit_scale" has no gradient/);
    assert.equal(optimizer.stepCount, 0);
    assert.deepEqual(valuesOf(parameters), valuesOf(toVariables(initial)));
  });

  it('refuses a gradient of another shape', () => {
    const optimizer = createAdamW(toVariables(initial), options);
    const gradients = toTensors(steps[0].gradients).set('attn.bias', tf.zeros([4]));
    assert.throws(() => optimizer.step(gradients, 0.1), /"attn.bias" has shape \[4\].*\[2,2\]/);
  });

  it('refuses a state that does not fit, and changes nothing', () => {
    const optimizer = createAdamW(toVariables(initial), options);
    takeStep(optimizer, 0);
    const good = new Map<string, tf.Tensor>(optimizer.state());
    const before = valuesOf(good);
    const missing = new Map(good);
    missing.delete('exp_avg.logit_scale');
    const wrongShape = new Map(good).set('exp_avg_sq.logit_scale', tf.zeros([1]));
    const stranger = new Map(good).set('exp_avg.other', tf.zeros([1]));
    assert.throws(() => optimizer.loadState(missing, 9), /"exp_avg.logit_scale" is missing/);
    assert.throws(() => optimizer.loadState(wrongShape, 9), /"exp_avg_sq.logit_scale" has shape \[1\]/);
    assert.throws(() => optimizer.loadState(stranger, 9), /"exp_avg.other" belongs to nothing/);
    assert.equal(optimizer.stepCount, 1);
    assert.deepEqual(valuesOf(optimizer.state()), before);
  });
});

describe('decaysInOpenClip', () => {
  const cases: [string, number[], boolean][] = [
    ['visual.transformer.resblocks.0.attn.in_proj_weight', [36, 12], true],
    ['visual.positional_embedding', [50, 12], true],
    ['token_embedding.weight', [49408, 12], true],
    ['visual.class_embedding', [12], false],
    ['visual.ln_pre.weight', [12], false],
    ['visual.bn1.weight', [2, 2], false],
    ['attn.in_proj_bias', [2, 2], false],
    ['logit_scale', [], false],
  ];
  for (const [name, shape, expected] of cases) {
    it(`${expected ? 'decays' : 'spares'} ${name} [${shape}]`, () => {
      assert.equal(decaysInOpenClip(name, shape), expected);
    });
  }
});
