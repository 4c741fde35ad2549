import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import {
  countParameters,
  disposeParameters,
  initialiser,
  type Parameters,
  scopeOf,
  trainable,
} from '../../src/nn';

function draw(names: string[], seed = 1): Parameters {
  const parameters: Parameters = new Map();
  const init = initialiser(parameters, createRandom(seed));
  for (const name of names) init.linear(name, 3, 2);
  init.constant('norm.running_mean', [5], 0, false);
  return parameters;
}

describe('scopeOf', () => {
  let parameters: Parameters;
  before(async () => {
    await startEngine();
    parameters = draw(['visual.blocks.0.mlp', 'text']);
  });
  after(() => disposeParameters(parameters));

  it('finds a parameter by its path below a prefix', () => {
    const scope = scopeOf(parameters).at('visual').at('blocks').at(0);
    assert.equal(scope.prefix, 'visual.blocks.0.');
    assert.equal(scope('mlp.weight'), parameters.get('visual.blocks.0.mlp.weight'));
  });

  it('says which parameter is missing, and what there is beside it', () => {
    const scope = scopeOf(parameters).at('visual.blocks');
    assert.throws(() => scope('0.mlp.gain'), {
      message:
        'The model has no parameter "visual.blocks.0.mlp.gain"; ' +
        'beside it there are visual.blocks.0.mlp.weight, visual.blocks.0.mlp.bias.',
    });
    assert.throws(() => scope('7.weight'), {
      message: 'The model has no parameter "visual.blocks.7.weight".',
    });
  });
});

describe('initialiser', () => {
  before(() => startEngine());

  it('draws each parameter from its own stream: adding one changes no other', () => {
    const [few, many] = [draw(['a', 'c']), draw(['a', 'b', 'c'])];
    for (const name of ['a.weight', 'c.weight', 'c.bias']) {
      assert.deepEqual(few.get(name)!.dataSync(), many.get(name)!.dataSync(), name);
    }
    assert.notDeepEqual(many.get('a.weight')!.dataSync(), many.get('b.weight')!.dataSync());
    for (const parameters of [few, many]) disposeParameters(parameters);
  });

  it('keeps running statistics apart from what gradients change', () => {
    const parameters = draw(['a']);
    assert.deepEqual([...trainable(parameters).keys()], ['a.weight', 'a.bias']);
    assert.equal(countParameters(parameters), 8);
    const before = tf.memory().numTensors;
    disposeParameters(parameters);
    assert.equal(tf.memory().numTensors, before - 3);
  });
});
