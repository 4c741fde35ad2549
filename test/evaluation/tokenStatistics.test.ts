import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { takeBatch, toImages } from '../../src/data';
import { startEngine } from '../../src/engine';
import {
  PADDING,
  pictureMatrices,
  pictureWeights,
  textMatrices,
  textWeights,
} from '../../src/evaluation/tokenStatistics';
import { type Clip, createClip, imageTokens, type SecondOrderConfig, towerScope } from '../../src/models';
import { disposeParameters, linear, unitLength } from '../../src/nn';
import { assertClose } from '../golden/compare';
import { TINY, TINY_SECOND_ORDER, tinyPictures, tinyTokenizer } from '../tiny';

const TEXTS = ['a red cat', 'strawberries and a leaf', 'x'];
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('what the statistics see', () => {
  const pictures = tinyPictures();
  const tokenizer = tinyTokenizer();
  const models: Clip[] = [];
  const make = (more: Partial<SecondOrderConfig> = {}) => {
    const secondOrder = { ...TINY_SECOND_ORDER.secondOrder!, ...more };
    const model = createClip({ ...TINY, secondOrder }, 0);
    models.push(model);
    return model;
  };
  let model: Clip;

  before(async () => {
    await startEngine();
    model = make();
  });
  after(() => {
    for (const { parameters } of models) disposeParameters(parameters);
  });

  for (const [what, matrices] of [
    ['pictures', () => pictureMatrices(model, pictures, [3, 1])],
    ['texts', () => textMatrices(model, tokenizer, TEXTS)],
  ] as const) {
    it(`of ${what}: symmetric matrices whose rows sum to zero, one for each head`, () => {
      const found = matrices();
      assert.equal(found.length, what === 'pictures' ? 2 : 3);
      for (const matrix of found.flat()) {
        assert.deepEqual([matrix.length, matrix[0].length], [4, 4]);
        for (const row of matrix) assert.ok(Math.abs(sum(row)) < 1e-5, `a row sums to ${sum(row)}`);
        matrix.forEach((row, i) => {
          row.forEach((value, j) => {
            assert.ok(Math.abs(value - matrix[j][i]) < 1e-6);
          });
        });
        assert.ok(Math.max(...matrix.flat()) > 1e-3, 'not all zero');
      }
      assert.deepEqual(
        found.map((heads) => heads.length),
        found.map(() => 2),
      );
    });
  }

  it('of pictures: in the order asked for', () => {
    const [third] = pictureMatrices(model, pictures, [3]);
    const [, again] = pictureMatrices(model, pictures, [1, 3]);
    assertClose(third.flat(2), again.flat(2));
  });

  it('weights of patches: a grid for each head, its sum 1, the softmax of cosines with the class token', () => {
    const grids = pictureWeights(model, pictures, [2, 5]);
    assert.deepEqual(
      [grids.length, grids[0].length, grids[0][0].length, grids[0][0][0].length],
      [2, 2, 2, 2],
    );
    for (const grid of grids.flat()) assert.ok(Math.abs(sum(grid.flat()) - 1) < 1e-6);
    const expected = tf.tidy(() => {
      const images = toImages(takeBatch(pictures, [2, 5]), null, 16);
      const { anchor, tokens } = imageTokens(model, images);
      const fc1 = towerScope(model, 'vision')('fc1.weight');
      const slice = (x: tf.Tensor) =>
        unitLength(tf.slice(linear(x, fc1) as tf.Tensor3D, [0, 0, 8], [2, -1, 8]));
      const cosines = tf.sum(tf.mul(slice(tokens), slice(tf.expandDims(anchor, 1))), 2);
      return tf.softmax(cosines as tf.Tensor2D).arraySync() as number[][]; // [2, M], second head
    });
    assertClose(
      grids.flatMap((heads) => heads[1].flat()),
      expected.flat(),
    );
  });

  it('weights of texts: one for each token and head, named, its sum 1', () => {
    const found = textWeights(model, tokenizer, TEXTS);
    assert.deepEqual(found[0].tokens.length, tokenizer.tokenize([TEXTS[0]]).lengths[0]);
    assert.equal(found[0].tokens[0], '<start_of_text>');
    assert.equal(found[0].tokens.slice(1, -1).join(''), 'a red cat ');
    for (const { tokens, weights } of found) {
      assert.equal(weights.length, 2);
      for (const head of weights) {
        assert.equal(head.length, tokens.length);
        assert.ok(Math.abs(sum(head) - 1) < 1e-6);
      }
    }
    const [alone] = textWeights(model, tokenizer, [TEXTS[2]]);
    assertClose(found[2].weights.flat(), alone.weights.flat());
  });

  it('names the padding where the model takes it in', () => {
    const [, , { tokens, weights }] = textWeights(make({ padding: 'kept' }), tokenizer, TEXTS);
    assert.deepEqual(tokens.slice(2), ['<end_of_text>', ...Array(9).fill(PADDING)]);
    for (const head of weights) assert.ok(head.length === 12 && Math.abs(sum(head) - 1) < 1e-6);
  });

  it('leave no tensors behind', () => {
    const before = tf.memory().numTensors;
    pictureMatrices(model, pictures, [0]);
    pictureWeights(model, pictures, [0]);
    textMatrices(model, tokenizer, TEXTS);
    textWeights(model, tokenizer, TEXTS);
    assert.equal(tf.memory().numTensors, before);
  });

  it('say what is missing', () => {
    const plain = createClip(TINY, 0);
    models.push(plain);
    assert.throws(() => pictureMatrices(plain, pictures, [0]), /second-order heads, got one without/);
    assert.throws(() => pictureWeights(make({ tokenWeighting: false }), pictures, [0]), /weighs no tokens/);
    assert.throws(() => textMatrices(make({ statistic: 'mean' }), tokenizer, TEXTS), /has no matrices/);
  });
});
