import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { simsiamLoss } from '../../src/losses';
import { assertClose } from '../golden/compare';

/** Whole SimSiam branches are held to PyTorch in test/models/selfSupervised.test.ts. */
describe('simsiamLoss', () => {
  const p1 = [[1, 0], [0, 1]]; // biome-ignore format: matrix
  const z2 = [[1, 1], [0, 2]]; // biome-ignore format: matrix
  const p2 = [[3, 4], [1, 0]]; // biome-ignore format: matrix
  const z1 = [[0, 1], [1, 0]]; // biome-ignore format: matrix
  const lossOf = (p1: tf.Tensor, z1: tf.Tensor, p2: tf.Tensor, z2: tf.Tensor) =>
    simsiamLoss({ p1, z1, p2, z2 } as Parameters<typeof simsiamLoss>[0]);

  before(() => startEngine());

  it('has the value one can compute by hand', () => {
    tf.tidy(() => {
      const expected = -((Math.SQRT1_2 + 1) / 2 + (0.8 + 1) / 2) / 2; // −0.876777
      assertClose(lossOf(...([p1, z1, p2, z2].map((rows) => tf.tensor2d(rows)) as Rows)), [expected]);
    });
  });

  it('sends no gradient to z, and to p none along p itself', () => {
    tf.tidy(() => {
      const inputs = [p1, z1, p2, z2].map((rows) => tf.tensor2d(rows)) as Rows;
      const f = () => lossOf(...inputs);
      const { grads } = tf.engine().gradients(f, inputs, undefined, true);
      assert.deepEqual(
        grads.map((gradient) => gradient !== undefined),
        [true, false, true, false],
      );
      // −¼ of what is left of the unit target at right angles to p, over the length of p
      assertClose(grads[0], [0, -Math.SQRT1_2 / 4, 0, 0]);
      assertClose(grads[2], [(0.8 * 0.6) / 20, (0.8 * 0.8 - 1) / 20, 0, 0]);
    });
  });

  it('lies between −1, where views agree, and 1, where they are opposed', () => {
    tf.tidy(() => {
      const x = tf.tensor2d(p2);
      assertClose(lossOf(x, x, x, tf.mul(x, 7)), [-1]);
      assertClose(lossOf(x, tf.neg(x), x, tf.neg(x)), [1]);
    });
  });
});

type Rows = [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
