import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { alignmentHitRate, preferredWords } from '../../src/evaluation';
import { assertClose } from '../golden/compare';

describe('token alignment', () => {
  before(() => startEngine());

  it('finds the word each patch prefers, padding never, of equals the first', () => {
    tf.tidy(() => {
      const patches = tf.tensor2d([[1, 0], [0, 1], [0.6, 0.8], [-1, 0]]); // biome-ignore format: rows
      const words = tf.tensor2d([[0, -1], [1, 0], [1, 0], [0.6, 0.8], [0, 1]]); // biome-ignore format: rows
      const before = tf.memory().numTensors;
      const { words: chosen, cosines, choices } = preferredWords(patches, words, [1, 1, 1, 1, 0]);
      assert.equal(tf.memory().numTensors, before);
      assert.deepEqual([...chosen], [1, 3, 3, 0]);
      assertClose(cosines, [1, 0.8, 1, 0]);
      assert.equal(choices, 4);
    });
  });

  it('leaves out words anywhere in a text, such as its start', () => {
    tf.tidy(() => {
      const rows = tf.eye(3);
      assert.deepEqual([...preferredWords(rows, rows, [0, 1, 1]).words], [1, 1, 2]);
    });
  });

  it('counts hits against chance on the patches that show something', () => {
    const preferred = { words: Int32Array.of(1, 2, 4, 1), cosines: new Float32Array(4), choices: 4 };
    const hits = alignmentHitRate({ preferred, regions: [[1], [1], [3, 4], []] });
    assertClose([hits.rate, hits.chance], [2 / 3, (1 + 1 + 2) / 4 / 3], 1e-12);
    assert.equal(hits.patches, 3);
  });

  it('refuses what does not fit', () => {
    tf.tidy(() => {
      const rows = tf.eye(2);
      assert.throws(() => preferredWords(rows, rows, [1]), /each of 2 words, got 1/);
      assert.throws(() => preferredWords(rows, rows, [0, 0]), /a word that may be chosen, got none/);
      const preferred = preferredWords(rows, rows, [1, 1]);
      assert.throws(() => alignmentHitRate({ preferred, regions: [[0]] }), /right words of 2 patches, got 1/);
      assert.throws(() => alignmentHitRate({ preferred, regions: [[], []] }), /none to judge/);
    });
  });
});
