import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import { simclrLoss } from '../../src/losses';
import { unitLength } from '../../src/nn';
import { assertClose } from '../golden/compare';
import { stored, tensor } from '../golden/selfSupervised';

/** Unit rows in the plane, by their angles in degrees. */
function atAngles(...degrees: number[]): tf.Tensor2D {
  const radians = degrees.map((angle) => (angle * Math.PI) / 180);
  return tf.tensor2d(radians.map((angle) => [Math.cos(angle), Math.sin(angle)]));
}

describe('simclrLoss', () => {
  before(() => startEngine());

  for (const temperature of [0.1, 0.5]) {
    it(`equals PyTorch at temperature ${temperature}, gradients included`, () => {
      tf.tidy(() => {
        const lossOf = (a: tf.Tensor, b: tf.Tensor) =>
          simclrLoss(a as tf.Tensor2D, b as tf.Tensor2D, temperature);
        const { value, grads } = tf.valueAndGrads(lossOf)([tensor('simclr.a'), tensor('simclr.b')]);
        assertClose(value, stored(`simclr.${temperature}.loss`), 1e-5, 'loss');
        assertClose(grads[0], stored(`simclr.${temperature}.grad.a`), 1e-5, 'gradient of a');
        assertClose(grads[1], stored(`simclr.${temperature}.grad.b`), 1e-5, 'gradient of b');
      });
    });
  }

  it('has the values one can compute by hand, at 0.1 unless told otherwise', () => {
    tf.tidy(() => {
      const same = atAngles(0, 90);
      assertClose(simclrLoss(same, same, 1), [Math.log(1 + 2 / Math.E)]);
      const [a, b] = [atAngles(0, 90), atAngles(30, 60)];
      assertClose(simclrLoss(a, b), [0.365749], 2e-6);
      assertClose(simclrLoss(a, b, 0.5), [0.707074], 2e-6);
    });
  });

  it('is the same for exchanged views and for a common rotation', () => {
    tf.tidy(() => {
      const [a, b] = [atAngles(0, 70, 200), atAngles(10, 90, 170)];
      const expected = simclrLoss(a, b).dataSync();
      assertClose(simclrLoss(b, a), expected);
      assertClose(simclrLoss(atAngles(40, 110, 240), atAngles(50, 130, 210)), expected);
    });
  });

  it('is ln(2·batch − 1) where the temperature hides every difference', () => {
    tf.tidy(() => {
      const random = createRandom(1);
      const view = () =>
        unitLength(
          tf.tensor2d(
            Float32Array.from({ length: 512 }, () => random.normal()),
            [8, 64],
          ),
        );
      assertClose(simclrLoss(view(), view(), 1e6), [Math.log(15)]);
    });
  });

  it('is 0 for a single picture, which has no others to be confused with', () => {
    tf.tidy(() => assertClose(simclrLoss(atAngles(0), atAngles(120)), [0]));
  });
});
