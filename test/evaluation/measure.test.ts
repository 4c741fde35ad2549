import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { PictureSet, TaskDefinition } from '../../src/data';
import { startEngine } from '../../src/engine';
import { measure } from '../../src/evaluation';
import { createClip } from '../../src/models';
import { disposeParameters } from '../../src/nn';
import { clipObjective, pictureData, startTraining, trainSteps } from '../../src/training';
import { TINY, TINY_RECIPE, TINY_SECOND_ORDER, tinyPictures, tinyTokenizer } from '../tiny';

const COLOURS = ['red', 'green', 'blue'];
const RGB = [[255, 0, 0], [0, 255, 0], [0, 0, 255]]; // biome-ignore format: colours

/** Twelve pictures, each of one colour, all examples of the task but the last. */
function colouredPictures(): PictureSet {
  const set = tinyPictures(12);
  const perPicture = set.size * set.size;
  for (let pixel = 0; pixel < 12 * perPicture; pixel++) {
    set.pixels.set(RGB[Math.floor(pixel / perPicture) % 3], pixel * 3);
  }
  set.texts = set.keys.map((_, i) => [`a ${COLOURS[i % 3]} picture`]);
  set.metas = set.keys.map((_, i) => (i < 11 ? { tasks: { colours: i % 3, 'small-colours': i % 3 } } : {}));
  return set;
}

const TASK: TaskDefinition = {
  id: 'colours',
  column: null,
  group: 'general',
  title: 'Colours',
  templates: ['a {} picture', '{}'],
  classes: COLOURS,
  seen: [true, true, false],
};

describe('measure', () => {
  const test = colouredPictures();
  const tokenizer = tinyTokenizer();
  const search = { id: 'all', indices: [0, 1, 2, 3, 4, 5] };

  before(() => startEngine());

  it('finds what a model has learnt, in tasks and searches', async () => {
    const model = createClip(TINY, 0);
    const training = startTraining(model, clipObjective(), { ...TINY_RECIPE, steps: 60, batchSize: 3 });
    const { images, texts, keys } = await pictureData({ ...test, length: 3 }, tokenizer, {
      batchSize: 3,
      seed: 0,
      imageSize: 16,
    }).batch(0);
    const batch = async () => ({ images: tf.clone(images), texts, keys });
    for await (const _ of trainSteps(training, { batch }));
    const tasks = [TASK, { ...TASK, id: 'small-colours', lowResolution: 4 }];
    const tensors = tf.memory().numTensors;

    const { first, second } = await measure(model, tokenizer, test, tasks, [search]);

    assert.equal(tf.memory().numTensors, tensors);
    assert.equal(second, undefined);
    for (const id of ['colours', 'small-colours']) {
      const score = first!.tasks[id];
      assert.deepEqual([score.count, score.top1, score.meanPerClass], [11, 1, 1]);
      assert.ok(!('predictions' in score));
    }
    const { imageToText, textToImage, pictures, texts: candidates } = first!.retrieval.all;
    assert.deepEqual([pictures, candidates], [6, 3]);
    assert.deepEqual([imageToText[1], textToImage[1]], [1, 1]);
    tf.dispose(images);
    training.optimizer.dispose();
    disposeParameters(model.parameters);
  });

  it('judges a model with second-order heads under every scoring', async () => {
    const model = createClip(TINY_SECOND_ORDER, 0);
    const scorings = ['first', 'second', 'both'] as const;
    const results = await measure(model, tokenizer, test, [TASK], [search], scorings);
    for (const scoring of scorings) {
      const { top1, top5 } = results[scoring]!.tasks.colours;
      assert.ok(top1 >= 0 && top1 <= 1 && top5 === 1);
      assert.ok(results[scoring]!.retrieval.all.imageToText[5] === 1);
    }
    disposeParameters(model.parameters);
  });

  it('refuses second-order scoring of a model without', async () => {
    const model = createClip(TINY, 0);
    await assert.rejects(measure(model, tokenizer, test, [TASK], [], ['second']), /second-order heads/);
    disposeParameters(model.parameters);
  });
});
