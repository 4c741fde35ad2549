import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { siglipLoss } from '../../src/losses';
import { siglipLossInBlocks } from '../../src/losses/siglipBlocks';
import { assertCloseInScale } from '../golden/compare';

interface Answer {
  images: number[][];
  texts: number[][];
  logScale: number;
  bias: number;
  loss: number;
  gradients: { images: number[][]; texts: number[][]; logScale: number; bias: number };
}

const answers: Record<string, Answer> = JSON.parse(
  readFileSync(join(__dirname, '../golden/siglipLoss.json'), 'utf8'),
);

describe('siglipLoss, against open_clip', () => {
  before(() => startEngine());

  const inBlocks: typeof siglipLoss = (images, texts, scale, bias) =>
    siglipLossInBlocks(tf.mul(images, scale), texts, bias, 3);
  const forms = { 'in one piece': siglipLoss, 'in blocks of three': inBlocks };
  const cases = Object.entries(answers).flatMap(([name, answer]) =>
    Object.entries(forms).map(([form, lossOf]) => ({ title: `${name}, ${form}`, answer, lossOf })),
  );

  for (const { title, answer, lossOf } of cases) {
    it(`gives the same loss and gradients (${title})`, () => {
      tf.tidy(() => {
        const loss = (images: tf.Tensor, texts: tf.Tensor, logScale: tf.Tensor, bias: tf.Tensor) =>
          lossOf(
            images as tf.Tensor2D,
            texts as tf.Tensor2D,
            tf.exp(logScale) as tf.Scalar,
            bias as tf.Scalar,
          );
        const inputs = [
          tf.tensor2d(answer.images),
          tf.tensor2d(answer.texts),
          tf.scalar(answer.logScale),
          tf.scalar(answer.bias),
        ];
        const { value, grads } = tf.valueAndGrads(loss as (...inputs: tf.Tensor[]) => tf.Tensor)(inputs);
        assertCloseInScale(value, [answer.loss], 1e-5, 'loss');
        const { images, texts, logScale, bias } = answer.gradients;
        const expected = { images: images.flat(), texts: texts.flat(), logScale: [logScale], bias: [bias] };
        Object.entries(expected).forEach(([input, gradient], i) => {
          assertCloseInScale(grads[i], gradient, 1e-5, `gradient of ${input}`);
        });
      });
    });
  }
});
