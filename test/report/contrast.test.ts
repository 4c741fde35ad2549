import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { modalityGap } from '../../src/evaluation';
import { clipLoss, pairLosses, siglipLoss } from '../../src/losses';
import {
  contrastTable,
  explainContrast,
  explainSigmoid,
  gapFigure,
  pairMatricesDrawing,
  pushShares,
  redrawn,
  renderMarkdown,
  staticSvg,
  temperatureExplorer,
} from '../../src/report';
import { assertClose } from '../golden/compare';
import { assertReadable, textBoxes } from './svgTexts';

const COSINES = [
  [0.8, 0.3, -0.1],
  [0.5, 0.4, 0.1],
  [-0.2, 0.6, 0.7],
];

/** Unit rows with these cosines: pictures are the axes, texts the columns, filled up to unit length. */
function rowsWith(cosines: number[][]): { images: tf.Tensor2D; texts: tf.Tensor2D } {
  const n = cosines.length;
  const axis = (i: number) => Array.from({ length: 2 * n }, (_, j) => Number(i === j));
  const texts = cosines.map((_, j) => {
    const column = cosines.map((row) => row[j] / 2);
    const rest = Math.sqrt(1 - column.reduce((sum, value) => sum + value ** 2, 0));
    return [
      ...column,
      ...axis(n + j)
        .slice(n)
        .map((value) => value * rest),
    ];
  });
  return { images: tf.tensor2d(cosines.map((_, i) => axis(i))), texts: tf.tensor2d(texts) };
}

describe('a contrastive loss by hand', () => {
  before(() => startEngine());

  it('is the loss that training minimises', () => {
    const halves = COSINES.map((row) => row.map((cosine) => cosine / 2));
    const byHand = explainContrast(halves, 5);
    tf.tidy(() => {
      const { images, texts } = rowsWith(COSINES);
      const scale = tf.scalar(5);
      const each = [...pairLosses(images, texts, scale).dataSync()];
      assertClose(
        byHand.pairs.map(({ loss }) => loss),
        each,
        1e-5,
      );
      assertClose([byHand.loss], [...clipLoss(images, texts, scale).dataSync()], 1e-5);
      const sigmoid = [...siglipLoss(images, texts, scale, tf.scalar(-2)).dataSync()];
      assertClose([explainSigmoid(halves, 5, -2).loss], sigmoid, 1e-5);
    });
  });

  it('has probabilities that add up along the side that chooses', () => {
    const { textOfPicture, pictureOfText } = explainContrast(COSINES, 3);
    for (const row of textOfPicture) assert.ok(Math.abs(row.reduce((a, b) => a + b) - 1) < 1e-12);
    for (const column of [0, 1, 2]) {
      const sum = pictureOfText.reduce((total, row) => total + row[column], 0);
      assert.ok(Math.abs(sum - 1) < 1e-12);
    }
    assert.ok(Math.abs(pictureOfText[0][0] - 1 / (1 + Math.exp(-0.9) + Math.exp(-3))) < 1e-12);
  });

  it('is ln N where nothing is known', () => {
    const flat = COSINES.map((row) => row.map(() => 0.3));
    assert.ok(Math.abs(explainContrast(flat, 50).loss - Math.log(3)) < 1e-12);
    const text = renderMarkdown(contrastTable(explainContrast(flat, 50), ['fox', 'owl', 'bat']));
    assert.match(text, /owl.*0\.333.*1\.099/);
    assert.match(text, /mean of the batch.*1\.099/);
  });

  it('wants a square', () => {
    assert.throws(() => explainContrast([[1, 0]], 1), /square matrix, got 1 rows and one of 2/);
    assert.throws(() => explainSigmoid([], 1, 0), /square matrix, got 0 rows/);
  });

  it('stays a number at any scale', () => {
    assert.ok(Number.isFinite(explainSigmoid(COSINES, 5000, -10).loss));
    assert.equal(explainSigmoid(COSINES, 0, 0).together[1][2], 0.5);
  });
});

describe('the share of the push on wrong texts', () => {
  before(() => startEngine());

  it('is that of the gradient', () => {
    const [cosines, own, scale] = [[0.2, 0.5, -0.3, 0.45], 1, 7];
    const gradient = tf.tidy(() => [
      ...tf
        .grad((x) =>
          tf.sub(tf.logSumExp(tf.mul(x, scale)), tf.mul(tf.gather(tf.reshape(x, [4]), own), scale)),
        )(tf.tensor1d(cosines))
        .dataSync(),
    ]);
    const pushed = gradient.filter((_, i) => i !== own);
    const whole = pushed.reduce((a, b) => a + b);
    assertClose(
      pushShares(cosines, own, scale).filter((_, i) => i !== own),
      pushed.map((push) => push / whole),
      1e-5,
    );
  });

  it('goes to the hardest as the slider sharpens the softmax', () => {
    const input = { id: 't', title: 'Push', texts: ['a', 'b', 'c'], cosines: [0.1, 0.9, 0.6], own: 1 };
    const figure = temperatureExplorer({ ...input, quantity: 'push' });
    const at = (scale: number) => redrawn(figure, { scale }).data[0] as { x: string[]; y: number[] };
    assert.deepEqual(
      at(1).x.map((label) => label[0]),
      ['c', 'a'],
    );
    assert.ok(at(1).y[0] < 65 && at(100).y[0] > 99.9);
    const still = (figure.data as { y: number[] }[])[1].y; // 1/τ = 14
    assertClose(at(14).y, still, 1e-3);
    const chosen = temperatureExplorer({ ...input, quantity: 'probability' });
    assert.deepEqual((chosen.data[0] as { x: string[] }).x, ['✓ b (0.90)', 'c (0.60)', 'a (0.10)']);
    assert.throws(() => temperatureExplorer({ ...input, own: 3, quantity: 'push' }), /got 3, 3 and 3/);
  });
});

describe('matrices of pairs with their numbers', () => {
  const picture = { pixels: Uint8Array.from({ length: 12 }, (_, i) => 20 * i), size: 2 };
  const draw = (values: number[][]) =>
    pairMatricesDrawing({
      id: 'm',
      title: 'Three',
      note: 'A note.',
      pictures: [picture, picture, picture],
      texts: ['fox', 'a spouting whale at sea', 'owl'],
      matrices: ['cosines', 'text of each picture', 'picture of each text'].map((name) => ({ name, values })),
    });

  it('are readable and hold every number', async () => {
    const { svg } = await draw(COSINES);
    await assertReadable(svg);
    const texts = textBoxes(svg).map(({ text }) => text);
    assert.equal(texts.filter((text) => text === '−0.10').length, 3);
    assert.equal(svg.match(/<image /g)?.length, 3);
    assert.equal(svg.match(/stroke-width="2"/g)?.length, 9);
  });

  it('say which matrix does not fit', async () => {
    await assert.rejects(draw([[1, 2, 3]]), /3 rows of 3 numbers in "cosines".*got 1 of 3/);
  });
});

describe('the map of the modality gap', () => {
  it('joins every picture to its text', async () => {
    const images = { values: Float32Array.of(1, 0, 0, 0.8, 0.6, 0), rows: 2, width: 3 };
    const texts = { values: Float32Array.of(0, 0, 1, 0, 0.6, 0.8), rows: 2, width: 3 };
    const figure = gapFigure({ id: 'gap', title: 'Before', gap: modalityGap(images, texts) });
    assert.equal(figure.data.length, 4);
    await assertReadable(staticSvg(figure));
    const one = { values: Float32Array.of(1, 0, 0), rows: 1, width: 3 };
    assert.throws(
      () => gapFigure({ id: 'g', title: '', gap: modalityGap(images, one) }),
      /each of 2 pictures, got 1/,
    );
  });
});
