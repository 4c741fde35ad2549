import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import { initialiseSecondOrder, type SecondOrderConfig, secondOrder, type Tower } from '../../src/models';
import { dropOut, type Mode } from '../../src/models/reduction';
import { anchorWeights } from '../../src/models/tokenWeights';
import { disposeParameters, initialiser, type Parameters, scopeOf } from '../../src/nn';
import { assertClose } from '../golden/compare';

const training = (): Mode => ({ training: true, random: createRandom(5) });

/** The official code's `Dropout2d` was seen to do the same: test/golden/dalipOfficial.py asserts it. */
describe('dropout of the second order', () => {
  const [batch, tokens, heads, channels] = [64, 12, 4, 10];

  before(() => startEngine());

  /** What is left of ones, and which of its axes it is constant along. */
  function left(tower: Tower, textDropout: 'channels' | 'tokens', dropout = 0.5, mode = training()) {
    return tf.tidy(() => {
      const kept = dropOut(tf.ones([batch, tokens, heads, channels]), { dropout, textDropout }, tower, mode);
      const constant = ['batch', 'tokens', 'heads', 'channels'].filter(
        (_, axis) =>
          tf.all(tf.equal(kept, tf.slice(kept, 0, [...kept.shape].fill(1, axis, axis + 1)))).dataSync()[0],
      );
      return { values: Array.from(kept.dataSync()), constant };
    });
  }

  for (const [name, tower, textDropout, alike] of [
    ['whole channels of pictures', 'vision', 'channels', 'tokens'],
    ['whole channels of pictures, whatever texts lose', 'vision', 'tokens', 'tokens'],
    ['whole channels of texts', 'text', 'channels', 'tokens'],
    ['whole tokens of texts, as the official code', 'text', 'tokens', 'channels'],
  ] as const) {
    it(`takes ${name}, in each head by itself`, () => {
      assert.deepEqual(left(tower, textDropout).constant, [alike]);
    });
  }

  for (const dropout of [0.25, 0.5]) {
    it(`takes a share of ${dropout}, and what is left has the expectation of all`, () => {
      for (const [tower, textDropout] of [
        ['vision', 'channels'],
        ['text', 'channels'],
        ['text', 'tokens'],
      ] as const) {
        // biome-ignore format: cases
        const { values } = left(tower, textDropout, dropout);
        const scaled = Math.fround(1 / (1 - dropout));
        assert.ok(values.every((value) => value === 0 || value === scaled));
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        assert.ok(Math.abs(mean - 1) < 0.06, `${tower}, ${textDropout}: the mean is ${mean}`); // 3 standard errors
      }
    });
  }

  it('takes nothing in evaluation, nor where its probability is 0', () => {
    for (const { values } of [left('text', 'tokens', 0.5, { training: false }), left('text', 'tokens', 0)]) {
      assert.ok(values.every((value) => value === 1));
    }
  });
});

describe('weights of tokens', () => {
  before(() => startEngine());

  it('are the softmax of the cosines with the anchor', () => {
    tf.tidy(() => {
      const tokens = tf.tensor4d([1, 0, 0, 1, -1, 0], [1, 3, 1, 2]);
      const found = anchorWeights(tokens, tf.tensor4d([1, 0], [1, 1, 1, 2]));
      assertClose(found, [0.665241, 0.244728, 0.090031], 1e-6);
    });
  });

  /** How far z moves when the weights are left out, relative to its length: mean over 16 samples of 77 tokens. */
  function effect(tower: Tower): number {
    const config: SecondOrderConfig = { variant: 'official', heads: 4, reduced: 16, dropout: 0 };
    const parameters: Parameters = new Map();
    initialiseSecondOrder(initialiser(parameters, createRandom(1)), tower, config, 128);
    const moved = tf.tidy(() => {
      const anchor = tf.randomNormal([16, 128], 0, 1, 'float32', 2) as tf.Tensor2D;
      const tokens = tf.randomNormal([16, 77, 128], 0, 1, 'float32', 3) as tf.Tensor3D;
      const scope = tower === 'vision' ? scopeOf(parameters).at('visual') : scopeOf(parameters);
      const z = (tokenWeighting: boolean) =>
        secondOrder({ anchor, tokens }, scope, { ...config, tokenWeighting }, tower, training());
      const [weighed, plain] = [z(true), z(false)];
      return tf.mean(tf.div(tf.norm(tf.sub(weighed, plain), 2, 1), tf.norm(weighed, 2, 1))).dataSync()[0];
    });
    disposeParameters(parameters);
    return moved;
  }

  it('are nearly inert in texts, where a layer norm follows: below 1 %, and far more in pictures', () => {
    const [image, text] = [effect('vision'), effect('text')]; // measured: 0.077 and 0.0011
    assert.ok(text > 1e-5 && text < 0.01, `texts: ${text}`);
    assert.ok(image > 10 * text, `pictures: ${image}, texts: ${text}`);
  });
});
