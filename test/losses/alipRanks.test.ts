import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import {
  type AlipVariant,
  alipGates,
  alipLoss,
  alipRankLoss,
  openGates,
  type RankOptions,
  tripletSimilarities,
} from '../../src/losses';
import { assertClose } from '../golden/compare';

const BATCH = 8;
const HISTORY = { textCaption: 0.1, imageText: 0, imageCaption: 0.05 };

/** Pictures, raw texts, captions and ρ, the same at every call. */
function draw(): [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Scalar] {
  const random = createRandom('ranks');
  const rows = () => {
    const raw = tf.tensor2d(
      Float32Array.from({ length: BATCH * 5 }, () => random.normal()),
      [BATCH, 5],
    );
    return tf.div(raw, tf.norm(raw, 2, 1, true)) as tf.Tensor2D;
  };
  return [rows(), rows(), rows(), tf.scalar(1.5)];
}

type Shared = Omit<RankOptions, 'rank'>;

/** Loss and gradients averaged over the ranks, as gradients are where ranks train one model. */
function averaged(options: Shared, gated = true): { loss: number; gradients: tf.Tensor[] } {
  const inputs = draw();
  const weights = gated ? alipGates(inputs[0], inputs[1], inputs[2], HISTORY).weights : null;
  const each = Array.from({ length: options.world }, (_, rank) =>
    tf.valueAndGrads((...[images, texts, captions, rho]: tf.Tensor[]) =>
      alipRankLoss(
        images as tf.Tensor2D,
        texts as tf.Tensor2D,
        captions as tf.Tensor2D,
        tf.exp(rho) as tf.Scalar,
        weights,
        { rank, ...options },
      ),
    )(inputs),
  );
  const mean = (tensors: tf.Tensor[]) => tf.div(tf.addN(tensors), options.world);
  return {
    loss: mean(each.map(({ value }) => value)).dataSync()[0],
    gradients: inputs.map((_, i) => mean(each.map(({ grads }) => grads[i]))),
  };
}

function inOneProcess(variant: AlipVariant, gated = true) {
  const inputs = draw();
  const weights = gated ? alipGates(inputs[0], inputs[1], inputs[2], HISTORY).weights : null;
  return tf.valueAndGrads((...[images, texts, captions, rho]: tf.Tensor[]) =>
    alipLoss(
      images as tf.Tensor2D,
      texts as tf.Tensor2D,
      captions as tf.Tensor2D,
      tf.exp(rho) as tf.Scalar,
      weights,
      { variant },
    ),
  )(inputs);
}

describe('alipRankLoss', () => {
  before(() => startEngine());

  for (const world of [1, 2, 4]) {
    for (const variant of ['official', 'paper'] as const) {
      for (const localLoss of [true, false]) {
        const rows = localLoss ? 'its own rows' : 'all rows';
        it(`averages over ${world} ranks to the loss and gradient of one process: ${variant}, ${rows}`, () => {
          tf.tidy(() => {
            const { value, grads } = inOneProcess(variant);
            const found = averaged({ world, localLoss, gatherWithGrad: true, variant });
            assertClose([found.loss], value.dataSync(), 1e-6, 'loss');
            found.gradients.forEach((gradient, i) => {
              assertClose(gradient, grads[i].dataSync(), 1e-6, `gradient ${i}`);
            });
          });
        });
      }
    }
  }

  it('does so without gates', () => {
    tf.tidy(() => {
      const { value, grads } = inOneProcess('official', false);
      const found = averaged({ world: 2, localLoss: true, gatherWithGrad: true }, false);
      assertClose([found.loss], value.dataSync(), 1e-6, 'loss');
      assertClose(found.gradients[0], grads[0].dataSync(), 1e-6, 'gradient');
    });
  });

  for (const world of [2, 4]) {
    it(`gives towers 1/${world} of the gradient but the logit scale all of it, shared the official way`, () => {
      tf.tidy(() => {
        const { value, grads } = inOneProcess('official');
        const { loss, gradients } = averaged({ world });
        assertClose([loss], value.dataSync(), 1e-6, 'loss');
        for (const i of [0, 1, 2]) {
          assertClose(tf.mul(gradients[i], world), grads[i].dataSync(), 1e-5, `gradient ${i}`);
        }
        assertClose(gradients[3], grads[3].dataSync(), 1e-6, 'gradient of ρ');
      });
    });
  }

  it('loses the candidates’ gradients where the loss is local and the gathered rows are constants', () => {
    tf.tidy(() => {
      const { value, grads } = inOneProcess('official');
      const { loss, gradients } = averaged({ world: 2, localLoss: true });
      assertClose([loss], value.dataSync(), 1e-6, 'loss');
      const difference = tf.max(tf.abs(tf.sub(tf.mul(gradients[0], 2), grads[0]))).dataSync()[0];
      assert.ok(difference > 0.01, `only ${difference} apart`);
    });
  });

  it('takes weights and histories from similarities that the ranks exchange', () => {
    tf.tidy(() => {
      const [images, texts, captions] = draw();
      const halves = [0, 4].map((begin) => {
        const part = (x: tf.Tensor2D) => tf.slice(x, begin, 4);
        return tripletSimilarities(part(images), part(texts), part(captions));
      });
      const gathered = (name: keyof typeof HISTORY) => tf.concat(halves.map((half) => half[name]));
      const similarities = {
        textCaption: gathered('textCaption') as tf.Tensor1D,
        imageText: gathered('imageText') as tf.Tensor1D,
        imageCaption: gathered('imageCaption') as tf.Tensor1D,
      };
      const shared = openGates(similarities, HISTORY);
      const whole = alipGates(images, texts, captions, HISTORY);
      assert.deepEqual(shared.history, whole.history);
      assert.deepEqual(shared.weights.imageText.arraySync(), whole.weights.imageText.arraySync());
      const alone = openGates(halves[0], HISTORY).history;
      assert.notEqual(alone.textCaption, whole.history.textCaption);
    });
  });

  it('refuses a batch that does not divide, and a rank that is none', () => {
    tf.tidy(() => {
      const [images, texts, captions, scale] = draw();
      const lossOf = (rank: number, world: number) =>
        alipRankLoss(images, texts, captions, scale, null, { rank, world });
      assert.throws(() => lossOf(0, 3), /got 8 rows for 3 ranks/);
      assert.throws(() => lossOf(2, 2), /a rank from 0 to 1, got 2/);
    });
  });
});
