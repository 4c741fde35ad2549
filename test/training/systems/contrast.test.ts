import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { PLAIN_VIEW } from '../../../src/data';
import { startEngine } from '../../../src/engine';
import { clipObjective, manySightsObjective } from '../../../src/training';
import { TINY } from '../../tiny';
import { smallBatch, tryOut } from './small';

describe('manySightsObjective', () => {
  before(() => startEngine());
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  it('is CLIP where every sight is the plain crop and every wording the text', async () => {
    const batch = await smallBatch();
    const [clip, many] = [
      tryOut(clipObjective(), TINY, batch),
      tryOut(manySightsObjective({ views: [PLAIN_VIEW, PLAIN_VIEW], withPlain: true, edited: true }), TINY, {
        ...batch,
        views: Array.from({ length: 2 }, () => ({ images: batch.images, augmentation: tf.zeros([6, 11]) })),
        edited: batch.texts,
      }),
    ];
    assert.ok(Math.abs(many.value - clip.value) < 1e-6);
    for (const [name, gradient] of clip.gradients) {
      const off = tf.max(tf.abs(tf.sub(many.gradients.get(name)!, gradient))).dataSync()[0];
      const size = tf.max(tf.abs(gradient)).dataSync()[0];
      assert.ok(off < 1e-5 * Math.max(size, 1e-3), `${name}: ${off} of ${size}`);
    }
  });

  it('is the mean of CLIP’s loss over all sights and wordings', async () => {
    const objective = manySightsObjective({ views: [PLAIN_VIEW, PLAIN_VIEW], edited: true });
    const batch = await smallBatch(objective.needs);
    const singles = batch.views!.flatMap(({ images }) =>
      [batch.texts, batch.edited!].map(
        (texts) => tryOut(clipObjective(), TINY, { ...batch, images, texts }).value,
      ),
    );
    const mean = singles.reduce((sum, value) => sum + value, 0) / singles.length;
    assert.ok(Math.abs(tryOut(objective, TINY, batch).value - mean) < 1e-5);
    assert.equal(new Set(singles).size, 4);
  });
});
