import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import {
  alipGates,
  alipLoss,
  clipLoss,
  dalipLoss,
  type GateWeights,
  pairLossesFromLogits,
  siglipLoss,
  siglipLossFromLogits,
} from '../../src/losses';
import { BLOCK_ROWS, BLOCKED_FROM } from '../../src/losses/blocks';
import { pairLossesInBlocks } from '../../src/losses/clipBlocks';
import { siglipLossInBlocks } from '../../src/losses/siglipBlocks';
import { assertClose, assertCloseInScale } from '../golden/compare';

/** Large enough for blocks, which do not divide it. */
const LARGE = 1500;

type Loss = (...inputs: tf.Tensor[]) => tf.Tensor;
/** Type-checks a loss of matrices and scalars as one of tensors. */
const lossOf = (loss: (a: tf.Tensor2D, b: tf.Tensor2D, ...others: tf.Scalar[]) => tf.Tensor) =>
  loss as unknown as Loss;

/** Unit rows, `[rows, width]`, the same for the same name; near those of `partners` where given. */
function unitRows(name: string, rows: number, width: number, partners?: tf.Tensor2D): tf.Tensor2D {
  const random = createRandom(name);
  const drawn: tf.Tensor = tf.tensor2d(
    Float32Array.from({ length: rows * width }, () => random.normal()),
    [rows, width],
  );
  const raw = partners ? tf.add(drawn, tf.mul(partners, Math.sqrt(width))) : drawn;
  return tf.div(raw, tf.norm(raw, 2, 1, true));
}

/** Pictures and texts that partly find each other, in a batch of so many. */
function pairs(batch: number, width: number): [tf.Tensor2D, tf.Tensor2D] {
  const images = unitRows('images', batch, width);
  return [images, unitRows('texts', batch, width, images)];
}

const logitsOf = (images: tf.Tensor2D, texts: tf.Tensor2D, scale: tf.Scalar) =>
  tf.mul(tf.matMul(images, texts, false, true), scale) as tf.Tensor2D;

/** Value and all gradients, each to 1e-5 of its largest entry. */
function assertSame(found: Loss, expected: Loss, inputs: tf.Tensor[]): void {
  const plain = tf.valueAndGrads(expected)(inputs);
  const { value, grads } = tf.valueAndGrads(found)(inputs);
  assertCloseInScale(value, plain.value.dataSync(), 1e-5, 'loss');
  plain.grads.forEach((gradient, i) => {
    assertCloseInScale(grads[i], gradient.dataSync(), 1e-5, `gradient ${i}`);
  });
}

/** The most memory that a loss and its gradients need above what was taken before, in bytes. */
async function peakOf(loss: Loss, inputs: tf.Tensor[]): Promise<number> {
  const taken = tf.memory().numBytes;
  const { peakBytes } = await tf.profile(() =>
    tf.tidy(() => {
      tf.valueAndGrads(loss)(inputs);
    }),
  );
  return peakBytes - taken;
}

describe('losses in blocks', () => {
  before(() => startEngine());
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  for (const [batch, rows] of [
    [100, 32],
    [100, 1],
    [100, 200],
    [LARGE, BLOCK_ROWS],
  ]) {
    it(`equal the plain ones, gradients included: ${batch} pairs, blocks of ${rows}`, () => {
      const inputs = pairs(batch, 16);
      const weights = tf.div(tf.range(0, batch), batch); // the first has none, as a closed gate
      assertSame(
        lossOf((x, y, scale) => tf.sum(tf.mul(pairLossesInBlocks(tf.mul(x, scale), y, rows), weights))),
        lossOf((x, y, scale) => tf.sum(tf.mul(pairLossesFromLogits(logitsOf(x, y, scale)), weights))),
        [...inputs, tf.scalar(20)],
      );
      assertSame(
        lossOf((x, y, scale, bias) => siglipLossInBlocks(tf.mul(x, scale), y, bias, rows)),
        lossOf((x, y, scale, bias) => siglipLossFromLogits(tf.add(logitsOf(x, y, scale), bias))),
        [...inputs, tf.scalar(20), tf.scalar(-8)],
      );
    });
  }

  it('are at 0 where all pairs are found and far off where none is, at the largest temperature', () => {
    const rows = tf.eye(6);
    assertClose(pairLossesInBlocks(tf.mul(rows, 100), rows, 4), [0, 0, 0, 0, 0, 0]);
    assertClose(pairLossesInBlocks(tf.mul(rows, 100), tf.reverse(rows, 0), 4), Array(6).fill(100));
  });

  it('tell how little is left to lose, at the largest temperature', () => {
    // cosines 1 with the own text and 0.87 with five others: log(1 + 5·exp(−13)), 1e-5, to lose, where logits are rounded to 8e-6
    const rows = tf.concat([tf.fill([6, 1], Math.sqrt(0.87)), tf.mul(tf.eye(6), Math.sqrt(0.13))], 1);
    const others = 5 * Math.exp(-13);
    const { value, grads } = tf.valueAndGrads(
      lossOf((scaled, texts) => tf.sum(pairLossesInBlocks(scaled, texts, 4))),
    )([tf.mul(rows, 100), rows]);
    assertCloseInScale(value, [6 * Math.log1p(others)], 2e-2, 'loss');
    const own = tf.sum(
      tf.mul(
        grads[0],
        tf.pad(tf.eye(6), [
          [0, 0],
          [1, 0],
        ]),
      ),
      1,
    );
    const expected = (-others / (1 + others)) * Math.sqrt(0.13);
    assertCloseInScale(own, Array(6).fill(expected), 2e-2, 'gradient');
  });
});

describe(`losses of ${BLOCKED_FROM} pairs and more`, () => {
  before(() => startEngine());
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  const scale = () => tf.scalar(20);

  it('are CLIP’s and SigLIP’s as before', () => {
    assertSame(
      lossOf(clipLoss),
      lossOf((x, y, scale) => tf.mean(pairLossesFromLogits(logitsOf(x, y, scale)))),
      [...pairs(LARGE, 16), scale()],
    );
    assertSame(
      lossOf(siglipLoss),
      lossOf((x, y, scale, bias) => siglipLossFromLogits(tf.add(logitsOf(x, y, scale), bias))),
      [...pairs(LARGE, 16), scale(), tf.scalar(-8)],
    );
  });

  it('are ALIP’s as before, with its gates', () => {
    const [images, texts] = pairs(LARGE, 16);
    const captions = unitRows('captions', LARGE, 16, images);
    const { weights } = alipGates(images, texts, captions, null);
    const path = (images: tf.Tensor2D, others: tf.Tensor2D, gate: keyof GateWeights, scale: tf.Scalar) =>
      tf.mul(pairLossesFromLogits(logitsOf(images, others, scale)), tf.mul(weights.sample, weights[gate]));
    const plain = (x: tf.Tensor2D, t: tf.Tensor2D, c: tf.Tensor2D, scale: tf.Scalar) =>
      tf.mean(tf.add(path(x, t, 'imageText', scale), path(x, c, 'imageCaption', scale)));
    const blocked = (x: tf.Tensor2D, t: tf.Tensor2D, c: tf.Tensor2D, scale: tf.Scalar) =>
      alipLoss(x, t, c, scale, weights);
    assertSame(blocked as Loss, plain as Loss, [images, texts, captions, scale()]);
  });

  it('are DALIP’s as before, whichever way its orders are summed up', () => {
    const [first, second] = [pairs(LARGE, 16), pairs(LARGE, 8)];
    const orders = (i: 0 | 1, f: tf.Tensor[], z: tf.Tensor[]) => ({
      first: f[i] as tf.Tensor2D,
      second: z[i] as tf.Tensor2D,
    });
    for (const sum of ['losses', 'similarities'] as const) {
      const loss: Loss = (x, y, u, v, scale) =>
        dalipLoss(orders(0, [x, y], [u, v]), orders(1, [x, y], [u, v]), scale as tf.Scalar, {
          alpha: 0.3,
          sum,
        });
      const plain = (x: tf.Tensor2D, y: tf.Tensor2D, u: tf.Tensor2D, v: tf.Tensor2D, scale: tf.Scalar) => {
        const logits = [logitsOf(x, y, scale), logitsOf(u, v, scale)];
        const of = (logits: tf.Tensor) => tf.mean(pairLossesFromLogits(logits as tf.Tensor2D));
        const weigh = ([a, b]: tf.Tensor[]) => tf.add(tf.mul(a, 0.3), tf.mul(b, 0.7));
        return sum === 'losses' ? weigh(logits.map(of)) : of(weigh(logits));
      };
      assertSame(loss, plain as Loss, [...first, ...second, scale()]);
    }
  });

  for (const [name, loss, others] of [
    ['CLIP', lossOf(clipLoss), [20]],
    ['SigLIP', lossOf(siglipLoss), [20, -8]],
  ] as const) {
    it(`need memory that grows with the batch, not with its square: ${name}`, async () => {
      const at = (batch: number) =>
        peakOf(loss, [...pairs(batch, 64), ...others.map((number) => tf.scalar(number))]);
      const [half, whole] = [await at(2048), await at(4096)];
      assert.ok(whole < 2.2 * half, `${half} bytes at 2,048 pairs, ${whole} at 4,096`);
      assert.ok(whole < 4 * 4096 ** 2, `${whole} bytes, more than the logits of 4,096 pairs`);
    });
  }

  it('leave nothing behind', () => {
    const inputs = [...pairs(LARGE, 16), scale()];
    const before = tf.memory().numTensors;
    const { value, grads } = tf.valueAndGrads(lossOf(clipLoss))(inputs);
    tf.dispose([value, ...grads]);
    assert.equal(tf.memory().numTensors, before);
  });
});
