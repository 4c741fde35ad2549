import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../../src/engine';
import { augmentedImages, createClip, encodeImages } from '../../../src/models';
import { startTraining, trainStep, uniclipObjective, withUniclipHeads } from '../../../src/training';
import { assertClose } from '../../golden/compare';
import { disposeTraining, TINY, TINY_RECIPE } from '../../tiny';
import { norm, smallBatch, tryOut } from './small';

describe('uniclipObjective', () => {
  before(() => startEngine());
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  const config = withUniclipHeads(TINY, { width: 4, hidden: 8 });
  const trained = async () => {
    const objective = uniclipObjective();
    const training = startTraining(createClip(config, 0), objective, { ...TINY_RECIPE, batchSize: 6 });
    const batch = await smallBatch(objective.needs);
    for (let step = 0; step < 3; step++) trainStep(training, batch);
    return { training, batch };
  };

  it('begins as if nobody had told it what was done to a picture', async () => {
    const batch = await smallBatch(uniclipObjective().needs);
    const model = createClip(config, 0);
    const [{ images, augmentation }] = batch.views!;
    const told = augmentedImages(model, images, augmentation).dataSync();
    assert.deepEqual(told, augmentedImages(model, images).dataSync());
    assertClose(told, encodeImages(createClip(TINY, 0), images).first.dataSync(), 1e-6);
  });

  it('learns to use it, and is told that nothing was done at test time', async () => {
    const { training, batch } = await trained();
    const [{ images, augmentation }] = batch.views!;
    const { model } = training;
    const plain = augmentedImages(model, images);
    assert.ok(norm(tf.sub(augmentedImages(model, images, augmentation), plain)) > 1e-4);
    assertClose(encodeImages(model, images).first, plain.dataSync(), 1e-6);
    disposeTraining(training);
  });

  it('trains everything but CLIP’s own temperature', async () => {
    const { training, batch } = await trained(); // the residual is zero at first, and what is before it without gradient
    const objective = uniclipObjective();
    const found = tryOut(objective, config, batch, training.model);
    for (const name of found.model.parameters.keys()) {
      assert.equal(found.gradients.has(name), objective.trains!(name), name);
      if (objective.trains!(name) && !name.endsWith('offset'))
        assert.ok(norm(found.gradients.get(name)) > 0, name);
    }
    disposeTraining(training);
  });

  it('tells the placebo what was done to other pictures', async () => {
    const batch = await smallBatch(uniclipObjective().needs);
    const model = createClip(config, 0);
    const last = model.parameters.get('auxiliary.augmentation.residual.c_proj.weight')!;
    last.assign(tf.randomNormal(last.shape, 0, 1, 'float32', 1));
    const [given, shuffled] = (['given', 'shuffled'] as const).map(
      (augmentation) => tryOut(uniclipObjective({ augmentation }), config, batch, model).value,
    );
    assert.ok(Math.abs(given - shuffled) > 1e-4, `${given} and ${shuffled}`);
  });
});
