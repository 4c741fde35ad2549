import assert from 'node:assert/strict';
import { startEngine } from '../../src/engine';
import { toEmbeddings } from '../../src/evaluation/embeddings';
import { collectPairs, retrievalRecall } from '../../src/evaluation/retrieval';
import golden from '../golden/retrieval.json';

describe('retrieval', () => {
  before(async () => {
    await startEngine();
  });

  it('equals recall by sorting, with several texts per picture and shared texts', () => {
    const result = retrievalRecall({
      imageEmbeddings: toEmbeddings(golden.images, golden.width),
      textEmbeddings: toEmbeddings(golden.texts, golden.width),
      positives: golden.positives,
    });
    for (const k of [1, 5, 10] as const) {
      assert.ok(Math.abs(result.imageToText[k] - golden.imageToText[k]) < 1e-12);
      assert.ok(Math.abs(result.textToImage[k] - golden.textToImage[k]) < 1e-12);
    }
  });

  it('counts any right text, and any right picture', () => {
    const result = retrievalRecall({
      imageEmbeddings: toEmbeddings([1, 0, 0.9, 0.1, 0, 1], 2),
      textEmbeddings: toEmbeddings([1, 0, -1, 0, 0, 1], 2),
      positives: [[0, 1], [0], [2]],
      k: [1, 2, 3],
    });
    assert.deepEqual(result.imageToText, { 1: 1, 2: 1, 3: 1 });
    assert.deepEqual(result.textToImage, { 1: 2 / 3, 2: 2 / 3, 3: 1 });
  });

  it('counts ties against the model', () => {
    const equal = toEmbeddings([1, 1, 1, 1], 1);
    const result = retrievalRecall({
      imageEmbeddings: equal,
      textEmbeddings: equal,
      positives: [[0], [1], [2], [3]],
      k: [1, 3, 4],
    });
    assert.deepEqual(result.imageToText, { 1: 0, 3: 0, 4: 1 });
  });

  it('ranks ties by index where that is asked for, as a stable sort does', () => {
    const result = retrievalRecall({
      imageEmbeddings: toEmbeddings([1, 1, -1], 1),
      textEmbeddings: toEmbeddings([1, 1, 1, -1], 1),
      positives: [[2], [0, 1], [3]],
      k: [1, 2, 3],
      ties: 'inOrder',
    });
    assert.deepEqual(result.imageToText, { 1: 2 / 3, 2: 2 / 3, 3: 1 });
    assert.deepEqual(result.textToImage, { 1: 2 / 4, 2: 1, 3: 1 });
  });

  it('merges identical texts into one candidate that is right for all its pictures', () => {
    const pairs = collectPairs([
      ['a red apple', 'fruit'],
      ['an apple'],
      [' a  red apple ', 'fruit', 'fruit'],
    ]);
    assert.deepEqual(pairs, {
      texts: ['a red apple', 'fruit', 'an apple'],
      positives: [[0, 1], [2], [0, 1]],
      captions: [[0, 1], [2], [0, 1, 1]],
    });
    assert.throws(() => collectPairs([['x'], [' ']]), /none for picture 1/);
  });

  it('refuses texts that belong to nobody and indices that do not exist', () => {
    const two = toEmbeddings([1, 2], 1);
    const both = { imageEmbeddings: two, textEmbeddings: two };
    assert.throws(() => retrievalRecall({ ...both, positives: [[0], [0]] }), /text 1 belongs to none/);
    assert.throws(() => retrievalRecall({ ...both, positives: [[0], [2]] }), /got 2 for picture 1/);
    assert.throws(() => retrievalRecall({ ...both, positives: [[0, 1]] }), /2 pictures, got those of 1/);
    assert.throws(() => retrievalRecall({ ...both, positives: [[0, 1], []] }), /none for picture 1/);
  });
});
