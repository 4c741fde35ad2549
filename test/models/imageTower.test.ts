import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { type Clip, createClip, encodeImages, encodeTexts, imageFeatures, zooConfig } from '../../src/models';
import { disposeParameters, trainable } from '../../src/nn';
import { clipObjective, siglipObjective, startTraining, trainStep } from '../../src/training';

/** The zoo's model, made as small as its parts allow. */
function small(name: string): Clip {
  const { vision, text, ...config } = zooConfig(name);
  const isResnet = vision.tower === 'resnet';
  const layers = 1;
  const sizes = isResnet
    ? { imageSize: 32, width: 128, heads: 2, stages: [1, 2, 1, 1], layers: 5 }
    : { imageSize: 32, width: 32, heads: 2, layers };
  return createClip(
    {
      ...config,
      embedDim: 32,
      vision: { ...vision, ...sizes },
      text: { ...text, width: 32, heads: 2, layers, vocabSize: 64, contextLength: 6 },
    },
    1,
  );
}

const texts = { ids: Int32Array.of(62, 5, 63, 0, 0, 0, 62, 7, 8, 63, 0, 0), lengths: Int32Array.of(3, 4) };
const pixels = () => tf.randomNormal([2, 32, 32, 3], 0, 1, 'float32', 3) as tf.Tensor4D;
const recipe = { steps: 40, batchSize: 2, learningRate: 1e-3, warmupSteps: 1, weightDecay: 0, seed: 1 };

describe('other image towers than CLIP’s transformer', () => {
  before(() => startEngine());

  for (const [name, objective] of [
    ['RN50', clipObjective],
    ['ViT-B-16-SigLIP', siglipObjective],
  ] as const) {
    it(`${name} learns two pairs, and leaves no tensors behind`, () => {
      const model = small(name);
      const training = startTraining(model, objective(), recipe);
      const batch = { keys: ['a', 'b'], images: pixels(), texts };
      const first = trainStep(training, batch).loss;
      const before = tf.memory().numTensors;
      let last = first;
      for (let step = 1; step < 12; step++) last = trainStep(training, batch).loss;
      assert.equal(tf.memory().numTensors, before);
      assert.ok(last < 0.7 * first, `${first} → ${last}`);
      tf.tidy(() => void [encodeImages(model, batch.images), encodeTexts(model, texts)]);
      assert.equal(tf.memory().numTensors, before);
      batch.images.dispose();
      disposeParameters(model.parameters);
    });
  }

  it('a ResNet begins with blocks that hand on their input, and trains all but running statistics', () => {
    const { parameters } = small('RN50');
    assert.ok(
      parameters
        .get('visual.layer2.1.bn3.weight')!
        .dataSync()
        .every((weight) => weight === 0),
    );
    const still = [...parameters.keys()].filter((name) => !trainable(parameters).has(name));
    assert.ok(still.length > 0 && still.every((name) => /running_(mean|var)$/.test(name)));
    disposeParameters(parameters);
  });

  it('a model without a logit bias cannot be trained by the sigmoid loss', () => {
    const model = small('RN50');
    const training = startTraining(model, siglipObjective(), recipe);
    const batch = { keys: ['a', 'b'], images: pixels(), texts };
    assert.throws(() => trainStep(training, batch), /needs a logit bias: set initLogitBias/);
    batch.images.dispose();
    disposeParameters(model.parameters);
  });

  it('has no tokens behind a class token for those who ask', () => {
    const model = small('ViT-B-16-SigLIP');
    const images = pixels();
    assert.throws(
      () => tf.tidy(() => imageFeatures(model, images).pooled),
      /a vision transformer with a class token, got the image tower "siglip"/,
    );
    images.dispose();
    disposeParameters(model.parameters);
  });
});
