import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import { simsiamLoss } from '../../src/losses';
import {
  initialiseSimclr,
  initialiseSimsiam,
  simclrHead,
  simsiamPredictor,
  simsiamProjector,
} from '../../src/models';
import { disposeParameters, initialiser, type Parameters, scopeOf, trainable } from '../../src/nn';
import { assertClose } from '../golden/compare';
import { assertAll, parametersOf, stored, tensor } from '../golden/selfSupervised';

/** Gradients of inputs and trainable parameters, by name. */
function gradientsOf(
  loss: () => tf.Scalar,
  inputs: Record<string, tf.Tensor>,
  parameters: Parameters,
): Map<string, tf.Tensor> {
  const leaves = new Map<string, tf.Tensor>([...Object.entries(inputs), ...trainable(parameters)]);
  const { grads } = tf.engine().gradients(loss, [...leaves.values()], undefined, true);
  return new Map([...leaves.keys()].map((name, i) => [name, grads[i]]));
}

function namesOf(draw: (init: ReturnType<typeof initialiser>) => void): Record<string, number[]> {
  const parameters: Parameters = new Map();
  draw(initialiser(parameters, createRandom(0)));
  const shapes = Object.fromEntries([...parameters].map(([name, { shape }]) => [name, shape]));
  disposeParameters(parameters);
  return shapes;
}

describe("SLIP's head", () => {
  let parameters: Parameters;
  before(() => startEngine());
  beforeEach(() => {
    parameters = parametersOf('head.state.');
  });
  afterEach(() => disposeParameters(parameters));

  it('equals PyTorch in training: output, all gradients, running statistics', () => {
    tf.tidy(() => {
      const [features, probe] = [tensor<tf.Tensor2D>('head.features'), tensor('head.probe')];
      let out: tf.Tensor | undefined;
      const lossOf = () => {
        out = tf.keep(simclrHead(features, scopeOf(parameters), true));
        return tf.sum(tf.mul(out, probe)) as tf.Scalar;
      };
      assertAll(gradientsOf(lossOf, { features }, parameters), 'head.train.grad.');
      assertClose(out!, stored('head.train.out'));
      out!.dispose();
      assertAll(parameters, 'head.train.after.');
    });
  });

  it('equals PyTorch in evaluation, and moves nothing', () => {
    tf.tidy(() => {
      const out = simclrHead(tensor('head.features'), scopeOf(parameters), false);
      assertClose(out, stored('head.eval.out'));
      for (const [name, value] of parameters) assertClose(value, stored(`head.state.${name}`), 0, name);
    });
  });

  it('has the names of the official code', () => {
    const found = namesOf((init) => initialiseSimclr(init, 'image_mlp', 6, { hidden: 10, output: 4 }));
    const expected = [...parameters].map(([name, { shape }]) => [`image_mlp.${name}`, shape]);
    assert.deepEqual(found, Object.fromEntries(expected));
  });
});

describe("DeCLIP's SimSiam branch", () => {
  let parameters: Parameters;
  before(() => startEngine());
  beforeEach(() => {
    parameters = parametersOf('simsiam.state.');
  });
  afterEach(() => disposeParameters(parameters));

  function lossOf(x1: tf.Tensor2D, x2: tf.Tensor2D): tf.Scalar {
    const [projector, predictor] = ['projector', 'predictor'].map((part) => scopeOf(parameters).at(part));
    const [z1, z2] = [x1, x2].map((x) => simsiamProjector(x, projector, true));
    const [p1, p2] = [z1, z2].map((z) => simsiamPredictor(z, predictor, true));
    return simsiamLoss({ p1, z1, p2, z2 });
  }

  it('equals PyTorch in training: loss, all gradients, running statistics after both views', () => {
    tf.tidy(() => {
      const [x1, x2] = [tensor<tf.Tensor2D>('simsiam.x1'), tensor<tf.Tensor2D>('simsiam.x2')];
      assertAll(
        gradientsOf(() => lossOf(x1, x2), { x1, x2 }, parameters),
        'simsiam.grad.',
      );
      assertAll(parameters, 'simsiam.after.');
    });
    disposeParameters(parameters);
    parameters = parametersOf('simsiam.state.');
    tf.tidy(() => assertClose(lossOf(tensor('simsiam.x1'), tensor('simsiam.x2')), stored('simsiam.loss')));
  });

  it('leaks nothing in a step', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const [x1, x2] = [tensor<tf.Tensor2D>('simsiam.x1'), tensor<tf.Tensor2D>('simsiam.x2')];
      gradientsOf(() => lossOf(x1, x2), { x1, x2 }, parameters);
    });
    assert.equal(tf.memory().numTensors, before);
  });

  it('has the names of the official code', () => {
    const found = namesOf((init) => initialiseSimsiam(init, 'auxiliary', 6, { hidden: 10, bottleneck: 5 }));
    const expected = [...parameters].map(([name, { shape }]) => [`auxiliary.${name}`, shape]);
    assert.deepEqual(found, Object.fromEntries(expected));
  });
});
