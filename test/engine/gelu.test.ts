import * as tf from '@tensorflow/tfjs-core';
import { type Activation, gelu, quickGelu, startEngine } from '../../src/engine';
import { assertClose } from '../golden/compare';
import { numericGradient } from './numericGradient';

const POINTS = [-6, -3, -1.5, -0.75, -0.1, 0, 0.1, 0.75, 1.5, 3, 6];

const CASES: [string, Activation, Activation, number[]][] = [
  [
    'gelu',
    gelu,
    (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1)),
    // torch.nn.functional.gelu at −1.5, −0.1 and 0.75, in double precision
    [-0.10021080190328704, -0.0460172162722971, 0.5800294857173489],
  ],
  [
    'quickGelu',
    quickGelu,
    (x) => tf.mul(x, tf.sigmoid(tf.mul(x, 1.702))),
    // x * torch.sigmoid(1.702 * x) at the same points
    [-0.10833780155292341, -0.04575524191638182, 0.5863900575346379],
  ],
];

for (const [name, activation, composed, known] of CASES) {
  describe(name, () => {
    before(() => startEngine());

    it('has the known values', () => {
      tf.tidy(() => assertClose(activation(tf.tensor1d([-1.5, -0.1, 0.75])), known, 1e-6));
    });

    it('equals its formula, values and gradient', () => {
      tf.tidy(() => {
        const x = tf.tensor1d(POINTS);
        assertClose(activation(x), composed(x).dataSync(), 1e-6);
        const gradientOf = (f: Activation) => tf.grad((x) => tf.sum(tf.square(f(x))))(x);
        assertClose(gradientOf(activation), gradientOf(composed).dataSync());
      });
    });

    it('has the gradient of finite differences', () => {
      tf.tidy(() => {
        const x = tf.tensor1d(POINTS);
        const probe = tf.linspace(-1, 1, POINTS.length);
        const found = tf.grad((x) => tf.sum(tf.mul(activation(x), probe)))(x);
        assertClose(found, numericGradient(activation, x, probe), 1e-3);
      });
    });
  });
}
