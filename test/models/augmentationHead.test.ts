import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import {
  augmentationResidual,
  domainScales,
  initialiseAugmentationHead,
  initialiseDomains,
} from '../../src/models';
import { disposeParameters, type Initialiser, initialiser, type Parameters, scopeOf } from '../../src/nn';
import { assertClose } from '../golden/compare';
import golden from '../golden/uniclip.json';

const { shape, leaves, probe, residual, gradients } = golden.head;

/** Freshly drawn parameters. */
function drawn(draw: (init: Initialiser) => void): Parameters {
  const parameters: Parameters = new Map();
  draw(initialiser(parameters, createRandom(1)));
  return parameters;
}

const freshHead = () => drawn((init) => initialiseAugmentationHead(init, 'head', shape));

describe('the augmentation head', () => {
  before(() => startEngine());

  it('equals PyTorch, gradients included', () => {
    tf.tidy(() => {
      const names = Object.keys(leaves) as (keyof typeof leaves)[];
      const residualOf = (...inputs: tf.Tensor[]) => {
        const given = new Map(names.map((name, i) => [name as string, inputs[i]]));
        const scope = scopeOf(given as Parameters);
        const [features, augmentation] = inputs as tf.Tensor2D[];
        const found = augmentationResidual(features, augmentation, scope);
        assertClose(found, residual.flat(), 1e-5, 'residual');
        return tf.sum(tf.mul(found, tf.tensor2d(probe))) as tf.Scalar;
      };
      const found = tf.grads(residualOf)(names.map((name) => tf.tensor(leaves[name])));
      names.forEach((name, i) => {
        assertClose(found[i], (gradients[name] as number[][]).flat(), 1e-5, `gradient of ${name}`);
      });
    });
  });

  it('has the parameters that the answers were made with', () => {
    const parameters = freshHead();
    const expected = Object.entries(leaves).slice(2);
    assert.deepEqual(
      [...parameters].map(([name, { shape }]) => [name, shape]).sort(),
      expected.map(([name, value]) => [`head.${name}`, tf.tidy(() => tf.tensor(value).shape)]).sort(),
    );
    disposeParameters(parameters);
  });

  it('has no effect at first, whatever was done; after some steps the augmentation has one', () => {
    const parameters = freshHead();
    tf.tidy(() => {
      const scope = scopeOf(parameters).at('head');
      const [features, target] = [tf.tensor2d(leaves.features), tf.tensor2d(probe)];
      const lossOf = (augmentation: tf.Tensor) =>
        tf.mean(
          tf.square(tf.sub(augmentationResidual(features, augmentation as tf.Tensor2D, scope), target)),
        ) as tf.Scalar;
      const augmentation = tf.tensor2d(leaves.augmentation);
      assertClose(augmentationResidual(features, augmentation, scope), Array(15).fill(0), 0);
      assertClose(tf.grad(lossOf)(augmentation), Array(12).fill(0), 0);

      const before = numberOf(lossOf(augmentation));
      for (let step = 0; step < 5; step++) descend(parameters, () => lossOf(augmentation), 0.5);
      assert.ok(numberOf(lossOf(augmentation)) < before);
      assert.ok(numberOf(tf.norm(tf.grad(lossOf)(augmentation))) > 1e-3);
      const nothing = tf.zeros(augmentation.shape) as tf.Tensor2D;
      const effect = tf.sub(
        augmentationResidual(features, augmentation, scope),
        augmentationResidual(features, nothing, scope),
      );
      assert.ok(numberOf(tf.norm(effect)) > 1e-3);
    });
    disposeParameters(parameters);
  });
});

const numberOf = (scalar: tf.Tensor) => scalar.dataSync()[0];

/** One step down the gradient. */
function descend(parameters: Parameters, loss: () => tf.Scalar, rate: number): void {
  tf.tidy(() => {
    const { grads } = tf.variableGrads(loss, [...parameters.values()]);
    for (const variable of parameters.values()) {
      variable.assign(tf.sub(variable, tf.mul(grads[variable.name], rate)));
    }
  });
}

describe('the domains', () => {
  before(() => startEngine());

  it('start at CLIP’s temperature without offsets, one of each for every combination', () => {
    const parameters = drawn((init) => initialiseDomains(init, 'domains'));
    assert.deepEqual([...parameters.keys()], ['domains.logit_scale', 'domains.offset']);
    tf.tidy(() => {
      const { scales, offsets } = domainScales(scopeOf(parameters).at('domains'));
      assertClose(scales, Array(3).fill(1 / 0.07), 1e-6);
      assertClose(offsets, [0, 0, 0], 0);
    });
    disposeParameters(parameters);
  });
});
