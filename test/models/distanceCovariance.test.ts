import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import { distanceCovariance, doubleCentre, upperTriangle } from '../../src/models';
import { assertClose } from '../golden/compare';
import golden from '../golden/losses.json';

describe('distanceCovariance', () => {
  const [batch, channels, tokens] = [2, 4, 6];
  let y: tf.Tensor3D;

  before(async () => {
    await startEngine();
    const random = createRandom(7);
    const values = Float32Array.from({ length: batch * channels * tokens }, () => random.normal());
    y = tf.tensor3d(values, [batch, channels, tokens]);
  });
  after(() => y.dispose());

  golden.bdc.forEach(({ y: rows, matrix }, i) => {
    it(`equals the official matrix, case ${i + 1}`, () => {
      tf.tidy(() => assertClose(distanceCovariance(tf.tensor3d([rows]), rows[0].length), matrix.flat()));
    });
  });

  it('is symmetric, and its rows and columns sum to zero', () => {
    tf.tidy(() => {
      const matrix = distanceCovariance(y, tokens);
      assertClose(tf.transpose(matrix, [0, 2, 1]), matrix.dataSync(), 1e-6);
      for (const axis of [1, 2]) assertClose(tf.sum(matrix, axis), new Float32Array(batch * channels));
    });
  });

  it('is zero where all channels are equal', () => {
    tf.tidy(() => {
      const same = tf.tile(tf.slice(y, [0, 0, 0], [batch, 1, tokens]), [1, channels, 1]);
      assertClose(distanceCovariance(same, tokens), new Float32Array(batch * channels ** 2), 1e-3);
    });
  });

  it('does not depend on the order of the tokens, nor on what all channels share', () => {
    tf.tidy(() => {
      const expected = distanceCovariance(y, tokens).dataSync();
      assertClose(distanceCovariance(tf.reverse(y, 2), tokens), expected);
      const shared = tf.tensor3d([3, -1, 0.5, 2, 0, -2], [1, 1, tokens]);
      assertClose(distanceCovariance(tf.add(y, shared), tokens), expected);
    });
  });

  it('grows in proportion with its input where epsilon is 0', () => {
    tf.tidy(() => {
      const scaled = distanceCovariance(tf.mul(y, -3), tokens, 0);
      assertClose(scaled, tf.mul(distanceCovariance(y, tokens, 0), 3).dataSync(), 1e-5);
    });
  });

  it('counts per sample the tokens it is told, and masked ones not at all', () => {
    tf.tidy(() => {
      const shortened = tf.slice(y, [1, 0, 0], [1, channels, 4]);
      const padded = tf.concat([tf.slice(y, 0, 1), tf.pad(shortened, [[0, 0], [0, 0], [0, 2]])]) as tf.Tensor3D; // biome-ignore format: pads
      const found = tf.unstack(distanceCovariance(padded, tf.tensor3d([tokens, 4], [2, 1, 1])));
      assertClose(found[0], distanceCovariance(tf.slice(y, 0, 1), tokens).dataSync());
      assertClose(found[1], distanceCovariance(shortened, 4).dataSync());
    });
  });

  it('has a finite gradient where two channels coincide', () => {
    tf.tidy(() => {
      const same = tf.tile(tf.slice(y, [0, 0, 0], [1, 1, tokens]), [1, 2, 1]) as tf.Tensor3D;
      const gradient = tf.grad((x) => tf.sum(upperTriangle(distanceCovariance(x as tf.Tensor3D, tokens))))(
        same,
      );
      assert.ok(gradient.dataSync().every(Number.isFinite));
    });
  });
});

describe('doubleCentre', () => {
  before(() => startEngine());

  it('takes row and column means away', () => {
    tf.tidy(() => assertClose(doubleCentre(tf.tensor3d([[[1, 2], [3, 8]]])), [1, -1, -1, 1])); // biome-ignore format: matrix
  });
});

describe('upperTriangle', () => {
  before(() => startEngine());

  it('reads rows from the diagonal on', () => {
    tf.tidy(() => {
      const matrix = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3]);
      assert.deepEqual(upperTriangle(matrix).arraySync(), [[1, 2, 3, 5, 6, 9]]);
    });
  });
});
