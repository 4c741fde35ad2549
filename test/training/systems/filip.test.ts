import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../../src/engine';
import { createClip } from '../../../src/models';
import {
  clipObjective,
  filipObjective,
  startTraining,
  tokenLoss,
  trainStep,
  withTokenMaps,
} from '../../../src/training';
import { disposeTraining, TINY, TINY_RECIPE } from '../../tiny';
import { norm, smallBatch, TOKENS, tryOut } from './small';

describe('filipObjective', () => {
  before(() => startEngine());
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  const config = withTokenMaps(TINY, TOKENS);

  it('has a gradient for exactly the parameters it says it trains', async () => {
    const objective = filipObjective();
    const found = tryOut(objective, config, await smallBatch());
    for (const name of found.model.parameters.keys()) {
      assert.equal(norm(found.gradients.get(name)) > 0, objective.trains!(name), name);
    }
  });

  it('does not move the others, not even by weight decay', async () => {
    const training = startTraining(createClip(config, 0), filipObjective(), { ...TINY_RECIPE, batchSize: 6 });
    const values = () =>
      new Map([...training.model.parameters].map(([name, x]) => [name, [...x.dataSync()]]));
    const before = values();
    const batch = await smallBatch();
    trainStep(training, batch);
    trainStep(training, batch);
    for (const [name, value] of values()) {
      if (!filipObjective().trains!(name)) assert.deepEqual(value, before.get(name), name);
    }
    assert.notDeepEqual(values().get('visual.conv1.weight'), before.get('visual.conv1.weight'));
    disposeTraining(training);
  });

  it('is CLIP on the mapped tokens where each side has one', () => {
    const model = createClip(config, 0);
    const random = createRandom('rows');
    const rows = () => {
      const x = tf.tensor2d(
        Array.from({ length: 5 * 8 }, () => random.normal()),
        [5, 8],
      );
      return tf.div(x, tf.norm(x, 2, 1, true)) as tf.Tensor2D;
    };
    const [images, texts] = [rows(), rows()];
    const found = tokenLoss(
      {
        patches: tf.expandDims(images, 1) as tf.Tensor3D,
        words: tf.expandDims(texts, 1) as tf.Tensor3D,
        real: tf.ones([5, 1]),
      },
      model,
    );
    const expected = clipObjective().lossOf({ images, texts }, model, { training: false }).loss;
    assert.ok(Math.abs(found.dataSync()[0] - expected.dataSync()[0]) < 1e-6);
  });

  it('does not care what stands behind the end of a text', async () => {
    const batch = await smallBatch();
    const spoiled = { ids: batch.texts.ids.slice(), lengths: batch.texts.lengths };
    const length = spoiled.ids.length / spoiled.lengths.length;
    spoiled.lengths.forEach((end, row) => {
      spoiled.ids.fill(7, row * length + end, (row + 1) * length);
    });
    const values = [batch.texts, spoiled].map(
      (texts) => tryOut(filipObjective(), config, { ...batch, texts }).value,
    );
    assert.equal(values[1], values[0]);
    const kept = [batch.texts, spoiled].map(
      (texts) => tryOut(filipObjective({ padding: 'kept' }), config, { ...batch, texts }).value,
    );
    assert.notEqual(kept[0], values[0]);
  });
});
