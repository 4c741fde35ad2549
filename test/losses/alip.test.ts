import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import {
  ALIP_GATES,
  alipGates,
  alipLoss,
  clipLoss,
  type GateHistory,
  type GateOptions,
  type GateWeights,
} from '../../src/losses';
import { assertClose } from '../golden/compare';
import golden from '../golden/losses.json';

const { logScale, runs, plane } = golden.alip;
const PARTS = ['images', 'texts', 'captions'] as const;

type Triplets = Record<(typeof PARTS)[number], number[][]>;
type Step = (typeof plane.steps)['0.5'];

const historyOf = (value: number): GateHistory => ({
  textCaption: value,
  imageText: value,
  imageCaption: value,
});

/** Gates, loss and gradients of one batch; the history as it stands afterwards. */
function step(batch: Triplets, logScale: number, before: GateHistory | null, options?: GateOptions) {
  let after = before!;
  let weights!: Record<keyof GateWeights, number[]>;
  const lossOf = (...inputs: tf.Tensor[]) => {
    const [images, texts, captions] = inputs as tf.Tensor2D[];
    const opened = alipGates(images, texts, captions, before, options);
    after = opened.history;
    weights = {
      sample: opened.weights.sample.arraySync(),
      imageText: opened.weights.imageText.arraySync(),
      imageCaption: opened.weights.imageCaption.arraySync(),
    };
    return alipLoss(images, texts, captions, tf.exp(inputs[3]) as tf.Scalar, opened.weights);
  };
  const inputs = [...PARTS.map((part) => tf.tensor2d(batch[part])), tf.scalar(logScale)];
  const { value, grads } = tf.valueAndGrads(lossOf)(inputs);
  return { loss: value, gradients: grads, history: after, weights };
}

function assertStep(found: ReturnType<typeof step>, expected: Step): void {
  const { textCaption, imageText, imageCaption } = found.history;
  assertClose([textCaption, imageText, imageCaption], expected.history, 1e-6, 'history');
  for (const gate of ['sample', 'imageText', 'imageCaption'] as const) {
    assertClose(found.weights[gate], expected[gate], 1e-5, gate);
  }
  assertClose(found.loss, [expected.loss], 1e-5, 'loss');
  PARTS.forEach((part, i) => {
    assertClose(found.gradients[i], expected.gradients[part].flat(), 1e-5, `gradient of the ${part}`);
  });
  assertClose(found.gradients[3], [expected.gradients.logScale], 1e-5, 'gradient of the temperature');
}

/** Unit vectors at these angles. */
function atAngles(degrees: readonly number[]): number[][] {
  return degrees.map((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]);
}

const inThePlane = Object.fromEntries(PARTS.map((part) => [part, atAngles(plane.angles[part])])) as Triplets;

describe('ALIP, against the official training loop', () => {
  before(() => startEngine());

  for (const [start, steps] of Object.entries(runs)) {
    it(`agrees over five batches from a history of ${start}: gates, loss, gradients, history`, () => {
      tf.tidy(() => {
        let history = historyOf(Number(start));
        for (const expected of steps) {
          const found = step(expected, logScale, history);
          assertStep(found, expected);
          history = found.history;
        }
      });
    });
  }

  for (const [start, expected] of Object.entries(plane.steps)) {
    it(`agrees on three triplets in the plane from a history of ${start}`, () => {
      tf.tidy(() => assertStep(step(inThePlane, Math.log(plane.scale), historyOf(Number(start))), expected));
    });

    it(`sums them as the paper does from a history of ${start}`, () => {
      tf.tidy(() => {
        const [images, texts, captions] = PARTS.map((part) => tf.tensor2d(inThePlane[part]));
        const { weights } = alipGates(images, texts, captions, historyOf(Number(start)));
        const loss = alipLoss(images, texts, captions, tf.scalar(plane.scale), weights, { variant: 'paper' });
        assertClose(loss, [expected.lossPaper]);
      });
    });
  }
});

describe('alipGates', () => {
  before(() => startEngine());

  /** The gates of single triplets whose text stands at these angles from the caption, under a history that stays. */
  const gatesAt = (angles: number[], history: number, options: Partial<GateOptions> = {}) =>
    alipGates(
      tf.tensor2d(atAngles(angles.map(() => 90))),
      tf.tensor2d(atAngles(angles)),
      tf.tensor2d(atAngles(angles.map(() => 0))),
      historyOf(history),
      { ...ALIP_GATES, momentum: 1, ...options },
    ).weights;

  it('never weigh a sample above 1 nor at 0, and leave alone what the language gate lets pass', () => {
    tf.tidy(() => {
      const weights = gatesAt([0, 30, 60, 90, 120, 150, 180], 0.3);
      const [sample, imageText, imageCaption] = [weights.sample, weights.imageText, weights.imageCaption].map(
        (gate) => gate.dataSync(),
      );
      sample.forEach((weight, i) => {
        assert.ok(weight > 0 && weight <= 1, `weight ${weight}`);
        if (weight === 1) assert.deepEqual([imageText[i], imageCaption[i]], [1, 1]);
      });
      assert.deepEqual([...sample.subarray(0, 3)], [1, 1, 1]);
      assert.ok(sample[3] < 1 && imageText[3] > 1, 'a bad sample is boosted through the text that fits');
    });
  });

  it('have no jump where the similarity equals the history', () => {
    tf.tidy(() => {
      const [below, at, above] = gatesAt([60.01, 60, 59.99], 0.5).sample.dataSync();
      assert.ok(below < 1 && Math.abs(below - 1) < 1e-3);
      assert.ok(Math.abs(at - 1) < 1e-6);
      assert.equal(above, 1);
    });
  });

  it('are all 1 where both gammas are 0, and the loss is then the plain two-path loss', () => {
    tf.tidy(() => {
      const options = { ...ALIP_GATES, gammaSample: 0, gammaPair: 0 };
      const { loss, weights } = step(inThePlane, Math.log(plane.scale), historyOf(0.5), options);
      for (const gate of Object.values(weights)) assertClose(gate, [1, 1, 1], 0);
      assertClose(loss, [plane.withoutGates]);
      const [images, texts, captions] = PARTS.map((part) => tf.tensor2d(inThePlane[part]));
      const scale = tf.scalar(plane.scale);
      assertClose(alipLoss(images, texts, captions, scale, null), loss.dataSync());
      assertClose(tf.add(clipLoss(images, texts, scale), clipLoss(images, captions, scale)), loss.dataSync());
    });
  });

  it('take the history after this batch has moved it', () => {
    tf.tidy(() => {
      const single: Triplets = {
        images: atAngles([0]),
        texts: atAngles([40]),
        captions: atAngles([70]),
      };
      const similarity = Math.cos(Math.PI / 6);
      const { history, weights } = step(single, 0, { ...historyOf(1), textCaption: similarity - 0.1 });
      assert.ok(Math.abs(history.textCaption - (similarity - 0.099)) < 1e-6);
      assertClose(weights.sample, [1], 0);
      const fromAbove = step(single, 0, historyOf(1)).weights.sample;
      assertClose(fromAbove, [Math.exp(2 * 0.99 * (similarity - 1))]);
    });
  });

  it('start from the means of the first batch where there is no history', () => {
    tf.tidy(() => {
      const { history } = step(inThePlane, 0, null);
      const { textCaption, imageText, imageCaption } = history;
      assertClose([textCaption, imageText, imageCaption], [0.656539, 0.823205, 0.808167], 1e-6);
    });
  });

  it('lose a start at 1 as slowly as the official momentum says', () => {
    tf.tidy(() => {
      const batch: Triplets = {
        images: [[1, 0]],
        texts: [[0.2, Math.sqrt(0.96)]],
        captions: [[1, 0]],
      };
      const [images, texts, captions] = PARTS.map((part) => tf.tensor2d(batch[part]));
      let history = historyOf(1);
      for (let count = 1; count <= 100; count++) {
        ({ history } = alipGates(images, texts, captions, history));
        const expected = plane.constantMean[String(count) as '1'];
        if (expected) assert.ok(Math.abs(history.textCaption - expected) < 1e-6, `after ${count} steps`);
      }
    });
  });
});
