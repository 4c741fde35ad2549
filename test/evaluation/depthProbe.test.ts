import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { PictureSet } from '../../src/data';
import { createRandom, startEngine } from '../../src/engine';
import { probeAccuracy, type ShownStatistic, statisticRows } from '../../src/evaluation';
import { createClip } from '../../src/models';
import { disposeParameters } from '../../src/nn';
import { TINY } from '../tiny';

const CLASSES = 2;

/** Each patch's two halves go together in one class and against each other in the other; with one mean, and noise. */
function coupledHalves(count: number, side: number, patch: number, seed: number): PictureSet {
  const random = createRandom(seed);
  const pixels = new Uint8Array(count * side * side * 3);
  const patches = (side / patch) ** 2;
  for (let picture = 0; picture < count; picture++) {
    const sign = picture % CLASSES === 0 ? 1 : -1;
    const levels = random.shuffle(Array.from({ length: patches }, (_, i) => (i % 2 ? 60 : -60)));
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const level = levels[Math.floor(y / patch) * (side / patch) + Math.floor(x / patch)];
        const value = 128 + (x % patch < patch / 2 ? level : sign * level) + random.integer(30);
        pixels.fill(value, 3 * ((picture * side + y) * side + x), 3 * ((picture * side + y) * side + x) + 3);
      }
    }
  }
  const keys = Array.from({ length: count }, (_, i) => String(i));
  return {
    length: count,
    size: side,
    pixels,
    keys,
    texts: keys.map(() => ['']),
    metas: keys.map(() => ({})),
  };
}

describe('statisticRows and probeAccuracy', () => {
  const { imageSize, patchSize } = TINY.vision;
  const model = createClipOnce();
  const [train, test] = [1, 2].map((seed) => coupledHalves(60, imageSize, patchSize, seed));

  before(() => startEngine());
  after(() => disposeParameters(model().parameters));

  const accuracyOf = (statistic: ShownStatistic) => {
    const examples = (set: PictureSet) => ({
      features: statisticRows(model(), set, [...set.keys.keys()], { depth: 'patches', statistic, heads: 1 }),
      labels: set.keys.map((_, i) => i % CLASSES),
    });
    return probeAccuracy(examples(train), examples(test), CLASSES);
  };

  it('see classes that differ in second order only by a second-order statistic of the patches', () => {
    for (const statistic of ['covariance', 'distance'] as const) assert.equal(accuracyOf(statistic), 1);
    for (const statistic of ['mean', 'products'] as const) assert.ok(accuracyOf(statistic) < 0.8);
  });

  it('show as many numbers of the means as of a second-order statistic', () => {
    const widths = (['mean', 'products', 'covariance', 'distance'] as const).map(
      (statistic) => statisticRows(model(), train, [0], { depth: 0, statistic, heads: 2 }).width,
    );
    const slice = TINY.embedDim / 2;
    const triangles = slice * (slice + 1);
    assert.deepEqual(widths, [TINY.embedDim, triangles, triangles, triangles]);
  });

  it('take the tokens after as many blocks as asked for, and leave no tensors behind', () => {
    const tensors = tf.memory().numTensors;
    const rows = [0, 1].map(
      (depth) => statisticRows(model(), train, [0, 1], { depth, statistic: 'mean' as const }).values,
    );
    assert.notDeepEqual(rows[0], rows[1]);
    assert.equal(tf.memory().numTensors, tensors);
  });
});

function createClipOnce() {
  let made: ReturnType<typeof createClip> | undefined;
  return () => (made ??= createClip(TINY, 0));
}
