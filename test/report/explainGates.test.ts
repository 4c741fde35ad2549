import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import { type GateHistory, openGates } from '../../src/losses';
import { type ExplainedOptions, explainGates, type PlainSimilarities } from '../../src/report/explainGates';
import { gateSteps, gatesTable } from '../../src/report/gateSteps';
import { renderHtml } from '../../src/report/tableFormats';
import { assertClose } from '../golden/compare';

const NAMES = ['textCaption', 'imageText', 'imageCaption'] as const;
const all = (value: number): GateHistory => ({ textCaption: value, imageText: value, imageCaption: value });
const cos = (degrees: number) => Math.cos((degrees / 180) * Math.PI);

/** Plane vectors at these angles; everything asserted of them was computed by hand in double precision. */
const [X, T, C] = [
  [0, 90, 180],
  [10, 150, 170],
  [20, 100, 240],
];
const PLANE: PlainSimilarities = {
  textCaption: T.map((angle, i) => cos(angle - C[i])),
  imageText: X.map((angle, i) => cos(angle - T[i])),
  imageCaption: X.map((angle, i) => cos(angle - C[i])),
};
const near = (found: readonly number[], expected: readonly number[]) => {
  assert.equal(found.length, expected.length);
  for (const [i, value] of found.entries()) {
    assert.ok(Math.abs(value - expected[i]) < 6e-7, `${found} for ${expected}`);
  }
};

describe('the gates by hand', () => {
  before(() => startEngine());

  it('have the similarities and means of the example in the plane', () => {
    const { rows, means } = explainGates(PLANE, all(0.5));
    near(
      rows.map(({ S_tc }) => S_tc),
      [0.984808, 0.642788, 0.34202],
    );
    near(
      rows.map(({ S_xt }) => S_xt),
      [0.984808, 0.5, 0.984808],
    );
    near(
      rows.map(({ S_xc }) => S_xc),
      [0.939693, 0.984808, 0.5],
    );
    near(
      NAMES.map((name) => means[name]),
      [0.656539, 0.823205, 0.808167],
    );
  });

  it('weigh it from a history of 0.5', () => {
    const { rows, history } = explainGates(PLANE, all(0.5));
    near(
      NAMES.map((name) => history[name]),
      [0.501565, 0.503232, 0.503082],
    );
    near(
      rows.map(({ W_s }) => W_s),
      [1, 1, 0.72681],
    );
    near(
      rows.map(({ W_t }) => W_t),
      [1, 1, 2.61994],
    );
    near(
      rows.map(({ W_c }) => W_c),
      [1, 1, 0.993856],
    );
    near([rows[2]['W_s × W_t'], rows[2]['W_s × W_c']], [0.72681 * 2.61994, 0.72681 * 0.993856]);
    assert.deepEqual(
      rows.map(({ comparison }) => comparison),
      ['S_tc ≥ H_tc', 'S_tc ≥ H_tc', 'S_tc < H_tc'],
    );
  });

  it('weigh it from a history of 1, and a batch without any similarity', () => {
    const { rows, history } = explainGates(PLANE, all(1));
    near(
      NAMES.map((name) => history[name]),
      [0.996565, 0.998232, 0.998082],
    );
    near(
      rows.map(({ W_s }) => W_s),
      [0.976759, 0.492847, 0.270066],
    );
    near(
      rows.map(({ W_t }) => W_t),
      [0.973509, 0.369183, 0.973509],
    );
    near(
      rows.map(({ W_c }) => W_c),
      [0.889783, 0.973801, 0.369294],
    );
    const [zero] = explainGates({ textCaption: [0], imageText: [0], imageCaption: [0] }, all(1)).rows;
    near([zero.W_s, zero['W_s × W_t']], [0.138069, 0.019063]);
  });

  const cases: [string, GateHistory | null, ExplainedOptions][] = [
    ['as published', all(0.2), {}],
    ['from the first batch', null, {}],
    ['with other numbers', all(-0.1), { gammaSample: 5, gammaPair: 0.5, momentum: 0.8 }],
    ['without gamma', all(0.2), { gammaSample: 0, gammaPair: 3 }],
    ['with hard thresholds', all(0.2), { shape: 'threshold' }],
    ['weighing every sample', all(0.2), { pairSwitch: 'everySample' }],
    ['both', all(0.2), { shape: 'threshold', pairSwitch: 'everySample' }],
  ];
  for (const [name, history, options] of cases) {
    it(`equal the gates of the loss: ${name}`, () => {
      const random = createRandom(name);
      const draw = () => Array.from({ length: 40 }, () => 2 * random.uniform() - 1);
      const plain = { textCaption: draw(), imageText: draw(), imageCaption: draw() };
      const explained = explainGates(plain, history, options);
      tf.tidy(() => {
        const tensors = {
          textCaption: tf.tensor1d(plain.textCaption),
          imageText: tf.tensor1d(plain.imageText),
          imageCaption: tf.tensor1d(plain.imageCaption),
        };
        const opened = openGates(tensors, history, options);
        const { sample, imageText, imageCaption } = opened.weights;
        assertClose(
          explained.rows.map(({ W_s }) => W_s),
          sample.dataSync(),
          1e-5,
          'W_s',
        );
        assertClose(
          explained.rows.map(({ W_t }) => W_t),
          imageText.dataSync(),
          1e-5,
          'W_t',
        );
        assertClose(
          explained.rows.map(({ W_c }) => W_c),
          imageCaption.dataSync(),
          1e-5,
          'W_c',
        );
        for (const own of NAMES) assert.ok(Math.abs(explained.history[own] - opened.history[own]) < 1e-6);
      });
    });
  }

  it('are written as on paper', () => {
    const steps = gateSteps(explainGates(PLANE, all(0.5)));
    assert.equal(steps[0], 'mean S_tc = (0.985 + 0.643 + 0.342) / 3 = 0.657');
    assert.equal(steps[3], 'H_tc = 0.99 · 0.500 + 0.01 · 0.657 = 0.502');
    assert.equal(steps[6], 'pair 1: S_tc = 0.985 ≥ H_tc = 0.502, so W_s = 1, and with it W_t = W_c = 1');
    assert.deepEqual(steps.slice(8), [
      'pair 3: S_tc = 0.342 < H_tc = 0.502, so W_s = exp(2 · (0.342 − 0.502)) = 0.727',
      '  W_t = exp(2 · (0.985 − 0.503)) = 2.620',
      '  W_c = exp(2 · (0.500 − 0.503)) = 0.994',
      '  W_s · W_t = 1.904, W_s · W_c = 0.722',
    ]);
    const negative = { textCaption: [-0.25, 0.75], imageText: [0, 0], imageCaption: [0, 0] };
    const [first, , , history] = gateSteps(explainGates(negative, null), { digits: 2 });
    assert.equal(first, 'mean S_tc = ((−0.25) + 0.75) / 2 = 0.25');
    assert.equal(history, 'H_tc = mean S_tc = 0.25, because this is the first batch');
  });

  it('are a table that says where its numbers come from', () => {
    const table = gatesTable(explainGates(PLANE, all(0.5)), { labels: ['apple'], digits: 2 });
    const [section] = table.sections;
    assert.deepEqual(
      section.rows.map(({ label }) => label),
      ['apple', 'pair 2', 'pair 3'],
    );
    assert.equal(section.rows[2].cells.W_t.text, '2.62');
    assert.equal(section.rows[2].cells['S_tc − H_tc'].text, '−0.16');
    assert.match(renderHtml(table), /<span>computed<\/span>/);
    assert.equal(section.source, 'γ_s = 2, γ_p = 2, m = 0.99');
  });

  it('want as many similarities of each kind', () => {
    assert.throws(
      () => explainGates({ ...PLANE, imageText: [1] }, null),
      /as many similarities of each kind, at least one, got 3, 1, 3/,
    );
  });
});
