import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import {
  averageOverPrompts,
  classPrompts,
  embedPictureTokens,
  embedTextTokens,
  retrievalRecall,
  type ScoreRows,
  selectItems,
  type TokenRows,
  toEmbeddings,
  tokenRetrievalRecall,
  tokenScores,
  tokenZeroShotAccuracy,
  toTokenRows,
  zeroShotAccuracy,
} from '../../src/evaluation';
import { filipSimilarities } from '../../src/losses';
import type { TokenBatch } from '../../src/models';
import { unitLength } from '../../src/nn';
import { assertClose } from '../golden/compare';
import { tinyPictures, tinyTokenizer } from '../tiny';

/** Unit rows drawn anew, `[items, tokens, width]`. */
function drawn(seed: number, shape: [number, number, number]): Float32Array {
  const random = createRandom(seed);
  const values = Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, () => random.normal());
  return tf.tidy(() => unitLength(tf.tensor3d(values, shape))).dataSync() as Float32Array;
}

/** 1 for the first tokens of each item, in turn as many as `lengths` says. */
const masks = (items: number, tokens: number, lengths: number[]) =>
  Float32Array.from({ length: items * tokens }, (_, i) =>
    i % tokens < lengths[Math.floor(i / tokens) % lengths.length] ? 1 : 0,
  );

function matrixOf(scores: ScoreRows): Float32Array {
  const matrix = new Float32Array(scores.queries * scores.candidates);
  scores.forEach((query, row) => {
    matrix.set(row, query * scores.candidates);
  });
  return matrix;
}

const asTokens = (rows: number[][], width: number): TokenRows =>
  toTokenRows(Float32Array.from(rows.flat()), [rows.length, 1, width]);

describe('token scores', () => {
  before(() => startEngine());

  it('equal s^I by picture and s^T by text, for texts of any lengths', () => {
    // 80 pictures of 20 tokens are more than one block of queries
    const shapes: [number, number, number][] = [[80, 20, 6], [150, 9, 6]]; // biome-ignore format: pairs
    const [patches, words] = shapes.map((shape, i) => drawn(i, shape));
    const real = masks(150, 9, [4, 9, 1, 5]);
    const [pictures, texts] = [toTokenRows(patches, shapes[0]), toTokenRows(words, shapes[1], real)];
    const before = tf.memory().numTensors;
    const [byPicture, byText] = [
      matrixOf(tokenScores(pictures, texts)),
      matrixOf(tokenScores(texts, pictures)),
    ];
    assert.equal(tf.memory().numTensors, before);
    tf.tidy(() => {
      const { ofImages, ofTexts } = filipSimilarities(
        tf.tensor3d(patches, shapes[0]),
        tf.tensor3d(words, shapes[1]),
        tf.tensor2d(real, [150, 9]),
      );
      assertClose(byPicture, ofImages.dataSync(), 1e-6, 's^I');
      assertClose(byText, tf.transpose(ofTexts).dataSync(), 1e-6, 's^T');
    });
  });

  it('make blocks of items with more tokens than a block should have', () => {
    const [long, short] = [toTokenRows(drawn(1, [2, 9000, 2]), [2, 9000, 2]), asTokens([[1, 0]], 2)];
    assertClose(matrixOf(tokenScores(short, long)), [1, 1], 1e-5);
    const means = matrixOf(tokenScores(long, short));
    assert.ok(means.every((mean) => Math.abs(mean) < 0.05));
  });

  it('give the accuracy and recall of cosines where every item has one token', () => {
    const [images, texts] = [drawn(3, [30, 1, 4]), drawn(4, [30, 1, 4])];
    const [pictureTokens, textTokens] = [toTokenRows(images, [30, 1, 4]), toTokenRows(texts, [30, 1, 4])];
    const [imageEmbeddings, textEmbeddings] = [toEmbeddings(images, 4), toEmbeddings(texts, 4)];
    const positives = Array.from({ length: 30 }, (_, i) => [i]);
    assert.deepEqual(
      tokenRetrievalRecall({ pictures: pictureTokens, texts: textTokens, positives }),
      retrievalRecall({ imageEmbeddings, textEmbeddings, positives }),
    );
    const truth = { labels: positives.flat(), seen: positives.map(([i]) => i % 3 === 0) };
    assert.deepEqual(
      tokenZeroShotAccuracy({ pictures: pictureTokens, prompts: textTokens, templates: 1, ...truth }),
      zeroShotAccuracy({ imageEmbeddings, classEmbeddings: textEmbeddings, ...truth }),
    );
  });

  it('rank texts by s^I and pictures by s^T', () => {
    // the second picture has both texts' token, and for the first text a better one than the first picture
    const pictures = toTokenRows(Float32Array.from([0.8, 0.6, 0.8, 0.6, 1, 0, 0, 1]), [2, 2, 2]);
    const texts = asTokens([[1, 0], [0, 1]], 2); // biome-ignore format: rows
    assertClose(matrixOf(tokenScores(pictures, texts)), [0.8, 0.6, 0.5, 0.5]);
    assertClose(matrixOf(tokenScores(texts, pictures)), [0.8, 1, 0.6, 1]);
    const result = tokenRetrievalRecall({ pictures, texts, positives: [[0], [1]], k: [1, 2] });
    assert.deepEqual(result.imageToText, { 1: 0.5, 2: 1 });
    assert.deepEqual(result.textToImage, { 1: 0.5, 2: 1 });
  });

  it('average similarities over prompts, not embeddings', () => {
    const scores: ScoreRows = {
      queries: 1,
      candidates: 4,
      forEach: (visit) => visit(0, Float32Array.of(1, 0, 0.75, 0.5)),
    };
    assertClose(matrixOf(averageOverPrompts(scores, 2)), [0.5, 0.625]);
    assert.throws(() => averageOverPrompts(scores, 3), /3 prompts for each class, got 4 prompts/);
    // the mean of the first class' two prompts would point at the picture
    const prompts = asTokens([[0.6, 0.8], [0.6, -0.8], [0.8, 0.6], [0.8, 0.6]], 2); // biome-ignore format: pairs
    const result = tokenZeroShotAccuracy({
      pictures: asTokens([[1, 0]], 2),
      prompts,
      templates: 2,
      labels: [1],
    });
    assert.deepEqual([result.top1, [...result.predictions]], [1, [1]]);
  });

  it('refuse tokens of two widths', () => {
    assert.throws(() => tokenScores(asTokens([[1, 0]], 2), asTokens([[1]], 1)), /one width, got 2 and 1/);
  });
});

describe('token rows', () => {
  before(() => startEngine());

  it('hold real tokens only, and can be chosen from', () => {
    const rows = toTokenRows(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2, 1], [1, 0, 1, 1, 0, 1]);
    assert.deepEqual(rows, {
      values: Float32Array.of(1, 3, 4, 6),
      starts: Int32Array.of(0, 1, 3, 4),
      width: 1,
    });
    assert.deepEqual(selectItems(rows, [2, 1]), {
      values: Float32Array.of(6, 3, 4),
      starts: Int32Array.of(0, 1, 3),
      width: 1,
    });
  });

  it('refuse numbers that are none in what counts, and items without tokens', () => {
    const broken = Float32Array.of(1, Number.NaN);
    assert.throws(() => toTokenRows(broken, [1, 2, 1]), /finite tokens, got NaN/);
    assert.deepEqual([...toTokenRows(broken, [1, 2, 1], [1, 0]).values], [1]);
    assert.throws(() => toTokenRows(Float32Array.of(1, 2), [2, 1, 1], [1, 0]), /item 1 has none/);
  });

  it('come from a model’s encoders, in batches, without leaks', () => {
    const set = tinyPictures(300);
    const sizes: number[] = [];
    const encodePictures = (images: tf.Tensor4D) => {
      sizes.push(images.shape[0]);
      return tf.reshape(tf.slice(images, [0, 0, 0, 0], [-1, 2, 1, -1]), [-1, 2, 3]) as tf.Tensor3D;
    };
    const tokenizer = tinyTokenizer();
    const encodeTexts = ({ ids, lengths }: TokenBatch) => {
      const words = tf.tensor3d(Float32Array.from(ids), [lengths.length, ids.length / lengths.length, 1]);
      return { words, real: tf.cast(tf.greater(tf.squeeze(words, [2]), 0), 'float32') as tf.Tensor2D };
    };
    const before = tf.memory().numTensors;
    const pictures = embedPictureTokens(encodePictures, set, 16);
    const two = embedPictureTokens(encodePictures, set, 16, [299, 0]);
    const texts = ['a', 'a red apple'];
    const { values, starts } = embedTextTokens(encodeTexts, tokenizer, texts);
    assert.equal(tf.memory().numTensors, before);

    assert.deepEqual(sizes, [256, 44, 2]);
    assert.deepEqual([pictures.starts.length, pictures.starts[300], pictures.width], [301, 600, 3]);
    assert.deepEqual([...two.values], [...selectItems(pictures, [299, 0]).values]);
    const ids = texts.map((text) => [tokenizer.startToken, ...tokenizer.encode(text), tokenizer.endToken]);
    assert.deepEqual([...values], ids.flat());
    assert.deepEqual([...starts], [0, ids[0].length, ids.flat().length]);
    assert.throws(() => embedTextTokens(encodeTexts, tokenizer, []), /got none/);
  });

  it('have their prompts in the order of classes', () => {
    assert.deepEqual(classPrompts(['cat', 'dog'], ['a {}', 'the {}']), [
      'a cat',
      'the cat',
      'a dog',
      'the dog',
    ]);
  });
});
