import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import { applyGates, type GateOptions, type GateWeights, openGates } from '../../src/losses';
import { assertClose } from '../golden/compare';

/** Four samples against histories of 0.5 that stay: two the language gate lets pass, two it does not. */
const SIMILARITIES = {
  textCaption: [0.9, 0.5, 0.4, 0.1],
  imageText: [0.2, 0.7, 0.8, 0.3],
  imageCaption: [0.6, 0.1, 0.2, 0.5],
};
const HISTORY = { textCaption: 0.5, imageText: 0.5, imageCaption: 0.5 };
const GATES = ['sample', 'imageText', 'imageCaption'] as const;

function gates(options: GateOptions): Record<keyof GateWeights, number[]> {
  return tf.tidy(() => {
    const similarities = {
      textCaption: tf.tensor1d(SIMILARITIES.textCaption),
      imageText: tf.tensor1d(SIMILARITIES.imageText),
      imageCaption: tf.tensor1d(SIMILARITIES.imageCaption),
    };
    const opened = openGates(similarities, HISTORY, { momentum: 1, ...options });
    const { sample, imageText, imageCaption } = applyGates(opened.weights, options, createRandom(3));
    return {
      sample: sample.arraySync(),
      imageText: imageText.arraySync(),
      imageCaption: imageCaption.arraySync(),
    };
  });
}

function assertGates(options: GateOptions, expected: Record<keyof GateWeights, number[]>): void {
  const found = gates(options);
  for (const gate of GATES) assertClose(found[gate], expected[gate], 1e-6, gate);
}

const { exp } = Math;
const ONES = [1, 1, 1, 1];
const PUBLISHED = {
  sample: [1, 1, exp(-0.2), exp(-0.8)],
  imageText: [1, 1, exp(0.6), exp(-0.4)],
  imageCaption: [1, 1, exp(-0.6), 1],
};

describe('the options of ALIP’s gates', () => {
  before(() => startEngine());

  it('leave the published gates where none is given', () => assertGates({}, PUBLISHED));

  it('change how sharply each kind of gate closes', () => {
    assertGates(
      { gammaSample: 1, gammaPair: 4 },
      {
        sample: [1, 1, exp(-0.1), exp(-0.4)],
        imageText: [1, 1, exp(1.2), exp(-0.8)],
        imageCaption: [1, 1, exp(-1.2), 1],
      },
    );
  });

  it('move the history faster', () => {
    tf.tidy(() => {
      const constant = tf.tensor1d([0, 0.2]);
      const similarities = { textCaption: constant, imageText: constant, imageCaption: constant };
      const { history } = openGates(similarities, HISTORY, { momentum: 0.9 });
      assert.ok(Math.abs(history.imageText - (0.9 * 0.5 + 0.1 * 0.1)) < 1e-7);
    });
  });

  it('switch single gates off, the language gate remaining the switch of the others', () => {
    assertGates({ use: ['sample'] }, { ...PUBLISHED, imageText: ONES, imageCaption: ONES });
    assertGates({ use: ['imageText', 'imageCaption'] }, { ...PUBLISHED, sample: ONES });
    assertGates({ use: ['imageCaption'] }, { ...PUBLISHED, sample: ONES, imageText: ONES });
    assertGates({ use: [] }, { sample: ONES, imageText: ONES, imageCaption: ONES });
  });

  it('let the description gates weigh every sample', () => {
    assertGates(
      { use: ['imageText', 'imageCaption'], pairSwitch: 'everySample' },
      {
        sample: ONES,
        imageText: [exp(-0.6), exp(0.4), exp(0.6), exp(-0.4)],
        imageCaption: [exp(0.2), exp(-0.8), exp(-0.6), 1],
      },
    );
  });

  it('keep or drop where the gates are thresholds, whatever the gammas', () => {
    const dropped = { sample: [1, 1, 0, 0], imageText: [1, 1, 1, 0], imageCaption: [1, 1, 0, 1] };
    assertGates({ shape: 'threshold' }, dropped);
    assertGates({ shape: 'threshold', gammaSample: 0, gammaPair: 0 }, dropped);
    assertGates(
      { shape: 'threshold', pairSwitch: 'everySample' },
      { sample: [1, 1, 0, 0], imageText: [0, 1, 1, 0], imageCaption: [1, 0, 0, 1] },
    );
  });

  it('hand each sample’s three weights to another one, the same at the same draw', () => {
    const found = gates({ placebo: 'shuffled' });
    assert.deepEqual(found, gates({ placebo: 'shuffled' }));
    const triples = (weights: typeof found) =>
      weights.sample.map((_, i) => GATES.map((gate) => weights[gate][i].toFixed(6)).join(' '));
    assert.notDeepEqual(triples(found), triples(gates({})));
    assert.deepEqual(triples(found).sort(), triples(gates({})).sort());
  });

  it('give both paths’ products mean 1, their ratios kept', () => {
    const product = (weights: Record<keyof GateWeights, number[]>, pair: 'imageText' | 'imageCaption') =>
      weights.sample.map((weight, i) => weight * weights[pair][i]);
    const found = gates({ placebo: 'rescaled' });
    assertClose(found.sample, PUBLISHED.sample, 1e-6);
    for (const pair of ['imageText', 'imageCaption'] as const) {
      const [ours, published] = [product(found, pair), product(PUBLISHED, pair)];
      const mean = published.reduce((sum, weight) => sum + weight) / 4;
      assertClose(
        ours,
        published.map((weight) => weight / mean),
        1e-6,
      );
    }
  });
});
