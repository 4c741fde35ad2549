import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { clipLoss, neighbourLoss } from '../../src/losses';
import { assertClose } from '../golden/compare';
import { stored, tensor } from '../golden/selfSupervised';

describe('neighbourLoss', () => {
  const names = ['images', 'neighbours', 'scale'];

  before(() => startEngine());

  it('equals PyTorch, gradients included', () => {
    tf.tidy(() => {
      const lossOf = (...[images, neighbours, scale]: tf.Tensor[]) =>
        neighbourLoss(images as tf.Tensor2D, neighbours as tf.Tensor2D, scale as tf.Scalar);
      const { value, grads } = tf.valueAndGrads(lossOf)(names.map((name) => tensor(`neighbours.${name}`)));
      assertClose(value, stored('neighbours.loss'), 1e-5, 'loss');
      names.forEach((name, i) => {
        assertClose(grads[i], stored(`neighbours.grad.${name}`), 1e-5, `gradient of ${name}`);
      });
    });
  });

  it("is one of the two directions of CLIP's loss", () => {
    tf.tidy(() => {
      const [images, neighbours] = [
        tensor<tf.Tensor2D>('neighbours.images'),
        tensor<tf.Tensor2D>('neighbours.neighbours'),
      ];
      const scale = tf.scalar(5);
      const both = tf.add(neighbourLoss(images, neighbours, scale), neighbourLoss(neighbours, images, scale));
      assertClose(tf.div(both, 2), clipLoss(images, neighbours, scale).dataSync());
    });
  });

  it('is ln(batch) where all texts have the same neighbour', () => {
    tf.tidy(() => {
      const same = tf.tile(tf.tensor2d([[0.6, 0.8]]), [4, 1]) as tf.Tensor2D;
      const images = tf.tensor2d([[1, 0], [0, 1], [-1, 0], [0, -1]]); // biome-ignore format: matrix
      assertClose(neighbourLoss(images, same, tf.scalar(20)), [Math.log(4)]);
    });
  });
});
