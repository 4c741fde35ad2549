import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { type PictureSet, selectSamples, type TaskDefinition } from '../../src/data';
import { startEngine } from '../../src/engine';
import { probeTasks } from '../../src/evaluation';
import { createClip } from '../../src/models';
import { disposeParameters } from '../../src/nn';
import { TINY_SECOND_ORDER, tinyPictures } from '../tiny';

const TASK: TaskDefinition = {
  id: 'brightness',
  column: null,
  group: 'general',
  title: 'dark or bright',
  templates: ['{}'],
  classes: ['dark', 'bright'],
  seen: [true, true],
};

/** Every other picture is brightened. */
function darkAndBright(): PictureSet {
  const set = tinyPictures(60);
  const stride = set.size ** 2 * 3;
  const pixels = set.pixels.map((value, i) =>
    Math.floor(i / stride) % 2 ? 155 + value * 0.39 : value * 0.39,
  );
  return { ...set, pixels, metas: set.metas.map((_, i) => ({ tasks: { [TASK.id]: i % 2 } })) };
}

describe('probeTasks', () => {
  before(() => startEngine());

  it('fits a probe for every task and scoring on training pictures, and judges it on test pictures', () => {
    const model = createClip(TINY_SECOND_ORDER, 0);
    const all = darkAndBright();
    const train = selectSamples(all, (_, index) => index < 40);
    const test = selectSamples(all, (_, index) => index >= 40);
    const tensors = tf.memory().numTensors;
    const scores = probeTasks(model, { train, test }, [TASK], ['first', 'both']);
    assert.equal(tf.memory().numTensors, tensors);
    assert.deepEqual(Object.keys(scores), ['first', 'both']);
    for (const probes of Object.values(scores)) {
      const { top1, meanPerClass, count } = probes[TASK.id];
      assert.equal(count, 20);
      assert.ok(top1 > 0.9 && meanPerClass > 0.9, `${top1}`);
    }
    disposeParameters(model.parameters);
  });
});
