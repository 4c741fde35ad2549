import assert from 'node:assert/strict';
import { createRandom, startEngine } from '../../src/engine';
import { lossByBatchSize, modalityGap } from '../../src/evaluation';
import { explainContrast } from '../../src/report';

const rows = (...vectors: number[][]) => ({
  values: Float32Array.from(vectors.flat()),
  rows: vectors.length,
  width: vectors[0].length,
});

describe('modality gap', () => {
  it('is the distance of the means, and a map keeps what it can', () => {
    const [s, c] = [Math.sin(0.3), Math.cos(0.3)];
    const { distance, images, texts } = modalityGap(
      rows([2 * c, 2 * s, 0], [c, -s, 0]), // any length
      rows([0, s, c], [0, -s, c]),
    );
    assert.ok(Math.abs(distance - Math.SQRT2 * c) < 1e-6);
    for (const [x] of images) assert.ok(Math.abs(x - distance / 2) < 1e-6);
    for (const [x] of texts) assert.ok(Math.abs(x + distance / 2) < 1e-6);
    assert.ok(Math.abs(Math.abs(images[0][1]) - s) < 1e-6);
    assert.ok(Math.abs(images[0][1] - texts[0][1]) < 1e-6 && Math.abs(images[0][1] + images[1][1]) < 1e-6);
  });

  it('is 0 between a set and itself, without a direction to draw along', () => {
    const same = rows([1, 0], [0, 1]);
    assert.equal(modalityGap(same, same).distance, 0);
    assert.ok(
      modalityGap(rows([1, 0]), rows([1, 0]))
        .images.flat()
        .every((value) => value === 0),
    );
  });

  it('wants one width', () => {
    assert.throws(() => modalityGap(rows([1, 0]), rows([1, 0, 0])), /one width.*got 1×2 and 1×3/);
  });
});

describe('the loss by size of batch', () => {
  before(() => startEngine());
  const random = createRandom('batch sizes');
  const unit = () => {
    const vector = [random.normal(), random.normal(), random.normal()];
    return vector.map((value) => value / Math.hypot(...vector));
  };
  const images = rows(...Array.from({ length: 6 }, unit));
  const texts = rows(...Array.from({ length: 6 }, unit));

  it('is the mean over whole batches of what pictures pay', () => {
    const [one, four] = lossByBatchSize(images, texts, 4, [1, 4]);
    assert.deepEqual([one.loss, one.chance, one.top1], [0, 0, 1]);
    const at = (set: typeof images, i: number) => [...set.values.subarray(3 * i, 3 * i + 3)];
    const cosines = [0, 1, 2, 3].map((i) =>
      [0, 1, 2, 3].map((j) => at(images, i).reduce((sum, x, k) => sum + x * at(texts, j)[k], 0)),
    );
    const { pairs, textOfPicture } = explainContrast(cosines, 4);
    const mean = pairs.reduce((sum, pair) => sum + pair['CE(text)'], 0) / 4;
    assert.ok(Math.abs(four.loss - mean) < 1e-5);
    assert.equal(four.top1, textOfPicture.filter((row, i) => Math.max(...row) === row[i]).length / 4);
  });

  it('is ln N for vectors that are all the same, and nobody is right by a tie', () => {
    const same = rows(...Array.from({ length: 6 }, () => [1, 0, 0]));
    const [result] = lossByBatchSize(same, same, 10, [6]);
    assert.ok(Math.abs(result.loss - result.chance) < 1e-6);
    assert.equal(result.top1, 0);
  });

  it('wants batches that can be filled', () => {
    assert.throws(() => lossByBatchSize(images, texts, 1, [7]), /got 6 and 6 for batches of 7/);
  });
});
