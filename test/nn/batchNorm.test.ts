import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import {
  batchNormLayer,
  disposeParameters,
  initialiseBatchNorm,
  initialiser,
  type Parameters,
  scopeOf,
  trainable,
} from '../../src/nn';
import { numericGradient } from '../engine/numericGradient';
import { assertClose } from '../golden/compare';

describe('batchNormLayer', () => {
  let parameters: Parameters;
  const rows = [[1, -2, 5], [3, 0, 5], [8, 2, 5]]; // biome-ignore format: matrix
  const normalise = (x: tf.Tensor2D, training: boolean) =>
    batchNormLayer(x, scopeOf(parameters), 'bn', training);
  const parameter = (name: string) => parameters.get(`bn.${name}`)!;

  before(() => startEngine());
  beforeEach(() => {
    parameters = new Map();
    initialiseBatchNorm(initialiser(parameters, createRandom(0)), 'bn', 3);
  });
  afterEach(() => disposeParameters(parameters));

  it('begins as the identity in evaluation, and trains weight and bias alone', () => {
    assert.deepEqual([...trainable(parameters).keys()], ['bn.weight', 'bn.bias']);
    tf.tidy(() => assertClose(normalise(tf.tensor2d(rows), false), rows.flat()));
    assertClose(parameter('running_mean'), [0, 0, 0]);
  });

  it('normalises by the batch in training; a channel that never changes becomes the bias', () => {
    tf.tidy(() => {
      parameter('weight').assign(tf.tensor1d([1, 2, 3]));
      parameter('bias').assign(tf.tensor1d([0, 10, 20]));
      const [a, b] = [Math.sqrt(26 / 3 + 1e-5), Math.sqrt(8 / 3 + 1e-5)];
      const expected = [-3 / a, 10 - 4 / b, 20, -1 / a, 10, 20, 4 / a, 10 + 4 / b, 20];
      assertClose(normalise(tf.tensor2d(rows), true), expected);
    });
  });

  it('moves the running mean and the unbiased variance a tenth of the way', () => {
    tf.tidy(() => void normalise(tf.tensor2d(rows), true));
    assertClose(parameter('running_mean'), [0.4, 0, 0.5]);
    assertClose(parameter('running_var'), [2.2, 1.3, 0.9]); // of 13, 4 and 0
    tf.tidy(() => void normalise(tf.tensor2d(rows), true));
    assertClose(parameter('running_mean'), [0.76, 0, 0.95]);
  });

  it('has the gradient of finite differences, through the moments of the batch', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([[1, -2, 0.5], [3, 0, 1], [8, 2, -1]]); // biome-ignore format: matrix
      const probe = tf.tensor2d([[1, -1, 2], [0, 3, 1], [2, 1, -2]]); // biome-ignore format: matrix
      const f = (x: tf.Tensor) => normalise(x as tf.Tensor2D, true);
      const gradient = tf.grad((x) => tf.sum(tf.mul(f(x), probe)))(x);
      assertClose(gradient, numericGradient(f, x, probe), 2e-3);
    });
  });

  it('leaks nothing while it trains', () => {
    const x = tf.tensor2d(rows);
    const before = tf.memory().numTensors;
    tf.tidy(() => void tf.grad((x) => tf.sum(tf.square(normalise(x as tf.Tensor2D, true))))(x));
    assert.equal(tf.memory().numTensors, before);
    x.dispose();
  });

  it('refuses to train on a single row', () => {
    const message = /at least 2 rows for the batch norm "bn" in training, got 1; take a larger batch/;
    tf.tidy(() => assert.throws(() => normalise(tf.tensor2d([[1, 2, 3]]), true), message));
  });
});
