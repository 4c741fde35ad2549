import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { covariance, matrixSquareRoot, secondMoment } from '../../src/models';
import { assertClose, assertCloseInScale } from '../golden/compare';
import golden from '../golden/secondMoments.json';

const [samples, channels, tokens] = [golden.y.length, golden.y[0].length, golden.y[0][0].length];
const y = () => tf.tensor3d(golden.y);
const probe = () => tf.tensor3d(golden.probe);
const symmetric = (x: tf.Tensor) => tf.mul(tf.add(x, tf.transpose(x, [0, 2, 1])), 0.5);

/** The recorded channels with zeros behind each sample's length, and these lengths. */
function shortened(): [tf.Tensor3D, tf.Tensor3D] {
  const mask = golden.lengths.map((length) => golden.y[0][0].map((_, i) => (i < length ? 1 : 0)));
  return [tf.mul(y(), tf.expandDims(tf.tensor2d(mask), 1)), tf.tensor3d(golden.lengths, [samples, 1, 1])];
}

describe('covariance', () => {
  before(() => startEngine());

  it('equals numpy.cov with divisor M', () => {
    tf.tidy(() => assertCloseInScale(covariance(y(), tokens), golden.covariance.flat(2)));
  });

  it('leaves masked tokens out', () => {
    tf.tidy(() => assertCloseInScale(covariance(...shortened()), golden.short.covariance.flat(2)));
  });

  it('does not see what is added to all tokens of a channel', () => {
    tf.tidy(() => {
      const moved: tf.Tensor3D = tf.add(y(), tf.tensor3d([3, -2, 1, 0, 4, -5], [1, channels, 1]));
      assertCloseInScale(covariance(moved, tokens), golden.covariance.flat(2));
    });
  });
});

describe('secondMoment', () => {
  before(() => startEngine());

  it('is Y·Yᵀ / M, not centred', () => {
    tf.tidy(() => assertCloseInScale(secondMoment(y(), tokens), golden.moment.flat(2)));
  });

  it('leaves masked tokens out', () => {
    tf.tidy(() => assertCloseInScale(secondMoment(...shortened()), golden.short.moment.flat(2)));
  });
});

describe('matrixSquareRoot', () => {
  before(() => startEngine());

  for (const { iterations, root, gradient } of golden.iterations) {
    it(`equals iSQRT-COV on covariances, gradient included, after ${iterations} iterations`, () => {
      tf.tidy(() => {
        const rootOf = (x: tf.Tensor) => matrixSquareRoot(covariance(x as tf.Tensor3D, tokens), iterations);
        assertCloseInScale(rootOf(y()), root.flat(2));
        const found = tf.grad((x) => tf.sum(tf.mul(rootOf(x), probe())))(y());
        assertCloseInScale(found, gradient.flat(2), 1e-5, 'gradient');
      });
    });
  }

  it('takes five iterations unless told otherwise', () => {
    tf.tidy(() => {
      const five = golden.iterations.find(({ iterations }) => iterations === 5)!;
      assertCloseInScale(matrixSquareRoot(covariance(y(), tokens)), five.root.flat(2));
    });
  });

  /** Largest error of the root, against the largest entry of the root by eigenvalues. */
  const TOLERANCES: Record<number, Record<number, number>> = {
    2: { 5: 1e-3, 8: 1e-5 },
    100: { 5: 5e-2, 8: 2e-3, 12: 1e-5 },
  };
  for (const { condition, matrices, root, gradient } of golden.conditioned) {
    const tolerances = Object.entries(TOLERANCES[condition]);
    const said = tolerances.map(([iterations, tolerance]) => `${tolerance} after ${iterations}`).join(', ');

    it(`nears the root by eigenvalues at condition number ${condition}: within ${said} iterations`, () => {
      tf.tidy(() => {
        for (const [iterations, tolerance] of tolerances) {
          const found = matrixSquareRoot(tf.tensor3d(matrices), Number(iterations));
          assertCloseInScale(found, root.flat(2), tolerance, `after ${iterations} iterations`);
        }
      });
    });

    it(`has its gradient too at condition number ${condition}, within 1e-4 after 12 iterations`, () => {
      tf.tidy(() => {
        const rootOf = (x: tf.Tensor) => matrixSquareRoot(x as tf.Tensor3D, 12);
        const found = tf.grad((x) => tf.sum(tf.mul(rootOf(x), probe())))(tf.tensor3d(matrices));
        assertCloseInScale(symmetric(found), gradient.flat(2), 1e-4, 'symmetric part');
      });
    });
  }

  it('squares to what it was taken of', () => {
    tf.tidy(() => {
      const matrix = tf.tensor3d(golden.conditioned[0].matrices);
      const root = matrixSquareRoot(matrix, 12);
      assertCloseInScale(tf.matMul(root, root), matrix.dataSync());
    });
  });

  it('of zeros is zero, with a finite gradient', () => {
    tf.tidy(() => {
      const zeros = tf.zeros([1, channels, channels]) as tf.Tensor3D;
      assertClose(matrixSquareRoot(zeros), new Float32Array(channels ** 2), 0);
      const gradient = tf.grad((x) => tf.sum(matrixSquareRoot(x as tf.Tensor3D)))(zeros);
      assert.ok(gradient.dataSync().every(Number.isFinite));
    });
  });
});
