import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { clipLoss } from '../../src/losses';
import {
  type Clip,
  type ClipConfig,
  createClip,
  encodeImages,
  encodeTexts,
  imageLinks,
  logitScale,
  type TokenBatch,
  textLinks,
} from '../../src/models';
import { disposeParameters, type GroupingConfig, restoreVariables, trainable } from '../../src/nn';
import { assertClose, golden } from '../golden/compare';

const withGrouping = (grouping?: GroupingConfig): ClipConfig => ({
  embedDim: 8,
  vision: { imageSize: 12, patchSize: 4, width: 8, layers: 2, heads: 2, grouping },
  text: { contextLength: 6, vocabSize: 16, width: 8, layers: 2, heads: 2, grouping },
});

describe('a CLIP with grouping in both towers', () => {
  const file = golden('grouping.safetensors');
  const part = (prefix: string) =>
    new Map(
      [...file]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, value]) => [name.slice(prefix.length), value]),
    );
  const texts: TokenBatch = {
    ids: file.get('clip.ids')!.data as Int32Array,
    lengths: file.get('clip.lengths')!.data as Int32Array,
  };
  let model: Clip;
  let images: tf.Tensor4D;
  before(async () => {
    await startEngine();
    model = createClip(withGrouping({ links: 'learned' }), 0);
    restoreVariables(model.parameters, part('clip.state.'));
    images = tf.tensor4d(file.get('clip.images')!.data as Float32Array, [3, 12, 12, 3]);
  });
  after(() => {
    images.dispose();
    disposeParameters(model.parameters);
  });

  it('gives the features, the loss and every gradient of the known answers', () => {
    tf.tidy(() => {
      assertClose(encodeImages(model, images).first, file.get('clip.images.features')!.data, 1e-5, 'images');
      assertClose(encodeTexts(model, texts).first, file.get('clip.texts.features')!.data, 1e-5, 'texts');
      const parameters = trainable(model.parameters);
      const { value, grads } = tf.variableGrads(
        () => clipLoss(encodeImages(model, images).first, encodeTexts(model, texts).first, logitScale(model)),
        [...parameters.values()],
      );
      assertClose(value, file.get('clip.loss')!.data, 1e-5, 'loss');
      const expected = part('clip.grad.');
      assert.deepEqual([...expected.keys()].sort(), [...parameters.keys()].sort());
      for (const [name, variable] of parameters) {
        assertClose(grads[variable.name], expected.get(name)!.data, 1e-5, name);
      }
    });
  });

  it('shows its links: for each layer, never weaker than below', () => {
    const before = tf.memory().numTensors;
    const [pictures, sentences] = [imageLinks(model, images), textLinks(model, texts)];
    assert.equal(tf.memory().numTensors, before + 4 + 2);
    assert.deepEqual(pictures.map(({ horizontal, vertical }) => [horizontal.shape, vertical.shape]), [[[3, 3, 2], [3, 2, 3]], [[3, 3, 2], [3, 2, 3]]]); // biome-ignore format: shapes
    assert.deepEqual(
      sentences.map(({ shape }) => shape),
      [
        [3, 5],
        [3, 5],
      ],
    );
    const layers = (tensors: tf.Tensor[]) => tensors.map((tensor) => Array.from(tensor.dataSync()));
    for (const [lower, upper] of [
      layers(pictures.map(({ horizontal }) => horizontal)),
      layers(pictures.map(({ vertical }) => vertical)),
      layers(sentences),
    ]) {
      upper.forEach((link, i) => {
        assert.ok(lower[i] > 0 && link >= lower[i] && link <= 1);
      });
    }
    assert.ok(layers(sentences)[0][5 + 3] < 1e-4, 'nothing is linked behind the end of the second text');
    tf.dispose([...pictures.flatMap(({ horizontal, vertical }) => [horizontal, vertical]), ...sentences]);
  });
});

describe('grouping in a model', () => {
  const texts: TokenBatch = { ids: Int32Array.of(14, 3, 15, 0, 0, 0), lengths: Int32Array.of(3) };
  before(() => startEngine());

  it('draws the same numbers for everything else', () => {
    const models = [withGrouping(), withGrouping({ links: 'learned' }), withGrouping({ links: 'distance' })].map((config) => createClip(config, 5)); // biome-ignore format: one line
    const [plain, ...grouped] = models;
    for (const [i, model] of grouped.entries()) {
      const added = [...model.parameters.keys()].filter((name) => !plain.parameters.has(name));
      assert.equal(added.length, 4 * [6, 1][i]);
      for (const [name, variable] of plain.parameters) {
        assert.deepEqual(model.parameters.get(name)!.dataSync(), variable.dataSync(), name);
      }
    }
    for (const { parameters } of models) disposeParameters(parameters);
  });

  it('has finite gradients from the start, with every choice', () => {
    for (const grouping of [
      { links: 'learned' },
      { links: 'learned', selfWeight: 'tiny', scale: 1 / 256 },
      { links: 'distance', selfWeight: 'tiny' },
    ] as const) {
      const model = createClip(withGrouping(grouping), 1);
      tf.tidy(() => {
        const image = tf.randomNormal([1, 12, 12, 3], 0, 1, 'float32', 1) as tf.Tensor4D;
        const { grads } = tf.variableGrads(
          () =>
            tf.sum(tf.mul(encodeImages(model, image).first, encodeTexts(model, texts).first)) as tf.Scalar,
          [...model.parameters].filter(([name]) => name !== 'logit_scale').map(([, variable]) => variable),
        );
        for (const gradient of Object.values(grads)) assert.ok(gradient.dataSync().every(Number.isFinite));
      });
      disposeParameters(model.parameters);
    }
  });

  it('does not hear what stands behind the end of a text', () => {
    const model = createClip(withGrouping({ links: 'learned' }), 1);
    tf.tidy(() => {
      const longer = (filler: number): TokenBatch => ({
        ids: Int32Array.of(14, 3, 15, filler, filler, 0, 14, 3, 4, 5, 15, 0),
        lengths: Int32Array.of(3, 5),
      });
      const [alone, a, b] = [texts, longer(0), longer(7)].map((batch) => {
        const { first } = encodeTexts(model, batch);
        return tf.slice(first, [0, 0], [1, 8]).dataSync();
      });
      assertClose(a, alone, 1e-6);
      assertClose(b, alone, 1e-6);
    });
    disposeParameters(model.parameters);
  });

  it('says what is missing or does not fit', () => {
    const model = createClip(withGrouping(), 1);
    const control = createClip(withGrouping({ links: 'distance' }), 1);
    const images = tf.zeros([1, 12, 12, 3]) as tf.Tensor4D;
    assert.throws(() => imageLinks(model, images), /image tower learns links, got one without grouping/);
    assert.throws(() => textLinks(control, texts), /text tower learns links, got one that goes by distance/);
    tf.dispose(images);
    for (const { parameters } of [model, control]) disposeParameters(parameters);
    const config = withGrouping({ links: 'learned' });
    const coarse = { ...config, vision: { ...config.vision, patchSize: 12 } };
    assert.throws(() => createClip(coarse, 0), /One patch of 12 pixels has no neighbours/);
    assert.throws(() => createClip(withGrouping({ links: 'distance', scale: 2 }), 0), /no scale/);
  });
});
