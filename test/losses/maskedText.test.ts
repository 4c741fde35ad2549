import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { maskedTextLoss, maskedTextSums } from '../../src/losses';
import { NO_LABEL } from '../../src/text';
import { assertClose } from '../golden/compare';
import { stored, tensor } from '../golden/selfSupervised';

describe('masked text', () => {
  const labels = Int32Array.from(stored('masked.labels')); // [3, 7], for 5 tokens that the tower computed
  const nothing = new Int32Array(21).fill(NO_LABEL);
  const inputs = () => ['states', 'weight', 'bias'].map((name) => tensor(`masked.${name}`));
  const sumsOf = (labels: Int32Array, [states, weight, bias]: tf.Tensor[]) =>
    maskedTextSums(states as tf.Tensor3D, labels, { weight, bias });
  const lossAndGradients = (labels: Int32Array) =>
    tf.valueAndGrads((...leaves: tf.Tensor[]) => maskedTextLoss(sumsOf(labels, leaves)))(inputs());

  before(() => startEngine());

  it('has the loss and gradients of PyTorch', () => {
    tf.tidy(() => {
      const { value, grads } = lossAndGradients(labels);
      assertClose(value, stored('masked.loss'), 1e-5, 'loss');
      ['states', 'weight', 'bias'].forEach((name, i) => {
        assertClose(grads[i], stored(`masked.grad.${name}`), 1e-5, `gradient of ${name}`);
      });
    });
  });

  it('has its share of each text, one without masked places among them', () => {
    tf.tidy(() => {
      const { sums, counts } = sumsOf(labels, inputs());
      assert.deepEqual([sums.shape, counts.shape], [[3, 1], [3, 1]]); // biome-ignore format: pair
      assertClose(sums, stored('masked.sums'));
      assertClose(counts, [2, 0, 1]);
    });
  });

  it('is the same of a batch computed in parts', () => {
    tf.tidy(() => {
      const [states, ...layer] = inputs();
      const parts = [0, 1, 2].map((text) =>
        sumsOf(labels.subarray(7 * text, 7 * text + 7), [tf.slice(states, [text], [1]), ...layer]),
      );
      const joined = {
        sums: tf.concat(parts.map(({ sums }) => sums)),
        counts: tf.concat(parts.map(({ counts }) => counts)),
      };
      assertClose(maskedTextLoss(joined), stored('masked.loss'));
    });
  });

  it('is ln(vocabulary) where the layer knows nothing', () => {
    tf.tidy(() => {
      const [states, weight, bias] = inputs();
      const loss = maskedTextLoss(sumsOf(labels, [states, tf.zerosLike(weight), tf.zerosLike(bias)]));
      assertClose(loss, [Math.log(20)]);
    });
  });

  it('is 0 where nothing is masked, with gradients of 0 for all', () => {
    tf.tidy(() => {
      const { value, grads } = lossAndGradients(nothing);
      assertClose(value, [0]);
      for (const gradient of grads) assert.ok(gradient.dataSync().every((entry) => entry === 0));
    });
  });

  it('refuses labels that do not fit the tokens', () => {
    tf.tidy(() => {
      assert.throws(
        () => sumsOf(nothing.subarray(0, 20), inputs()),
        /as many labels for each of 3 texts.*got 20/,
      );
      assert.throws(
        () => sumsOf(nothing.subarray(0, 12), inputs()),
        /at least one for each of 5 tokens, got 12/,
      );
      const beyond = Int32Array.from(nothing);
      beyond[7 + 5] = 3;
      assert.throws(() => sumsOf(beyond, inputs()), /among the first 5 tokens, but text 1 has one at 5/);
    });
  });
});
