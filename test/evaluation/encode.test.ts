import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { takeBatch, toImages } from '../../src/data';
import { startEngine } from '../../src/engine';
import { type EncodedRows, embedPictures, embedTexts, rowsFor, toEmbeddings } from '../../src/evaluation';
import { type Clip, createClip, encodeImages } from '../../src/models';
import { disposeParameters } from '../../src/nn';
import { assertClose } from '../golden/compare';
import { TINY_SECOND_ORDER, tinyPictures, tinyTokenizer } from '../tiny';

describe('embedPictures and embedTexts', () => {
  const pictures = tinyPictures(300);
  const tokenizer = tinyTokenizer();
  let model: Clip;

  before(async () => {
    await startEngine();
    model = createClip(TINY_SECOND_ORDER, 0);
  });
  after(() => disposeParameters(model.parameters));

  it('give unit rows of both orders in the order asked for, over several batches', () => {
    const indices = Array.from({ length: 300 }, (_, i) => 299 - i);
    const all = embedPictures(model, pictures, indices);
    for (const order of ['first', 'second'] as const) {
      const { rows, width, values } = all[order]!;
      assert.deepEqual([rows, width], [300, 16]);
      for (let row = 0; row < rows; row++) {
        const length = Math.hypot(...values.subarray(row * width, (row + 1) * width));
        assert.ok(Math.abs(length - 1) < 1e-5);
      }
    }
    tf.tidy(() => {
      const single = encodeImages(model, toImages(takeBatch(pictures, [3]), null, 16));
      assertClose(all.first.values.subarray(296 * 16, 297 * 16), single.first.dataSync());
      assertClose(all.second!.values.subarray(296 * 16, 297 * 16), single.second!.dataSync());
    });
  });

  it('give a text the same row whatever stands beside it', () => {
    const alone = embedTexts(model, tokenizer, ['a cat']);
    const beside = embedTexts(model, tokenizer, ['a dog that is green and red and blue', 'a cat']);
    assertClose(beside.first.values.subarray(16), alone.first.values);
    assertClose(beside.second!.values.subarray(16), alone.second!.values);
  });

  it('leave no tensors behind', () => {
    const before = tf.memory().numTensors;
    embedPictures(model, pictures, [0, 1, 2]);
    embedTexts(model, tokenizer, ['a', 'b']);
    assert.equal(tf.memory().numTensors, before);
  });
});

describe('rowsFor', () => {
  const rows: EncodedRows = { first: toEmbeddings([3, 4], 2), second: toEmbeddings([0, 5, 0], 3) };

  it('puts both orders side by side, so that a dot product sums their cosines', () => {
    assertClose(rowsFor('both', rows).values, [0.6, 0.8, 0, 1, 0]);
    assert.equal(rowsFor('both', rows).width, 5);
    assert.equal(rowsFor('first', rows), rows.first);
    assert.equal(rowsFor('second', rows), rows.second);
  });

  it('asks for a model with second-order heads', () => {
    assert.throws(() => rowsFor('both', { first: rows.first }), /needs a model with second-order heads/);
  });
});
