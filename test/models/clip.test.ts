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
  logitScale,
  type TokenBatch,
} from '../../src/models';
import { countParameters, disposeParameters, restoreVariables, trainable } from '../../src/nn';
import { assertClose, golden } from '../golden/compare';

const SMALL: ClipConfig = {
  embedDim: 32,
  vision: { imageSize: 32, patchSize: 8, width: 48, layers: 2, heads: 2 },
  text: { contextLength: 16, vocabSize: 512, width: 32, layers: 3, heads: 4 },
};

describe('CLIP, against open_clip', () => {
  const io = golden('clip-small-io.safetensors');
  const expected = (name: string) => io.get(name)!.data;
  const tokens: TokenBatch = { ids: expected('ids') as Int32Array, lengths: Int32Array.of(3, 7, 11, 16) };
  let images: tf.Tensor4D;

  const load = (config: ClipConfig): Clip => {
    const model = createClip(config, 0);
    restoreVariables(model.parameters, golden('clip-small.safetensors'));
    return model;
  };

  before(async () => {
    await startEngine();
    const planes = tf.tensor4d(expected('images') as Float32Array, [4, 3, 32, 32]);
    images = tf.transpose(planes, [0, 2, 3, 1]);
    planes.dispose();
  });
  after(() => images.dispose());

  for (const [name, quickGelu] of [
    ['gelu', false],
    ['quick_gelu', true],
  ] as const) {
    it(`gives the same features and loss with ${name}`, () => {
      const model = load({ ...SMALL, quickGelu });
      tf.tidy(() => {
        const imageFeatures = encodeImages(model, images).first;
        const textFeatures = encodeTexts(model, tokens).first;
        assertClose(imageFeatures, expected(`${name}.image_features`), 1e-5, 'image features');
        assertClose(textFeatures, expected(`${name}.text_features`), 1e-5, 'text features');
        const loss = clipLoss(imageFeatures, textFeatures, logitScale(model));
        assertClose(loss, expected(`${name}.loss`), 1e-5, 'loss');
      });
      disposeParameters(model.parameters);
    });
  }

  it('gives the same gradient for every parameter', () => {
    const model = load(SMALL);
    const gradients = golden('clip-small-grads.safetensors');
    const parameters = trainable(model.parameters);
    assert.deepEqual([...parameters.keys()].sort(), [...gradients.keys()].sort());
    const { grads, value } = tf.variableGrads(
      () => clipLoss(encodeImages(model, images).first, encodeTexts(model, tokens).first, logitScale(model)),
      [...parameters.values()],
    );
    for (const [name, variable] of parameters) {
      assertClose(grads[variable.name], gradients.get(name)!.data, 1e-5, name);
    }
    tf.dispose([grads, value]);
    disposeParameters(model.parameters);
  });
});

describe('createClip', () => {
  before(() => startEngine());

  it('draws the same model from the same seed, another from another', () => {
    const [a, b, c] = [1, 1, 2].map((seed) => createClip(SMALL, seed));
    const first = (model: Clip) => model.parameters.get('visual.proj')!.dataSync();
    assert.deepEqual(first(a), first(b));
    assert.notDeepEqual(first(a), first(c));
    for (const model of [a, b, c]) disposeParameters(model.parameters);
  });

  it('draws with the spread open_clip draws with', () => {
    const model = createClip({ ...SMALL, text: { ...SMALL.text, width: 64 } }, 3);
    const spread = (name: string) =>
      tf.tidy(() => tf.sqrt(tf.moments(model.parameters.get(name)!).variance).dataSync()[0]);
    const near = (name: string, std: number) =>
      assert.ok(Math.abs(spread(name) / std - 1) < 0.05, `${name}: ${spread(name)}`);
    near('token_embedding.weight', 0.02);
    near('transformer.resblocks.0.attn.in_proj_weight', 64 ** -0.5);
    near('transformer.resblocks.0.mlp.c_proj.weight', 64 ** -0.5 * 6 ** -0.5);
    near('visual.transformer.resblocks.1.mlp.c_fc.weight', 1 / Math.sqrt(3 * 48));
    near('visual.transformer.resblocks.0.attn.in_proj_weight', Math.sqrt(2 / (4 * 48)));
    disposeParameters(model.parameters);
  });

  it('has as many parameters as the published second-order module says', () => {
    const config: ClipConfig = {
      ...SMALL,
      embedDim: 512,
      secondOrder: { heads: 4, reduced: 46, dropout: 0.5 },
    };
    const plain = createClip({ ...config, secondOrder: undefined }, 0);
    const full = createClip(config, 0);
    // Per tower 21,191,960 in all, less the two 46-wide running statistics and their counter where they are buffers.
    const difference = countParameters(full.parameters) - countParameters(plain.parameters);
    assert.equal(difference, 2 * 21_191_960);
    for (const model of [plain, full]) disposeParameters(model.parameters);
  });

  it('says which sizes do not fit', () => {
    const config = { ...SMALL, vision: { ...SMALL.vision, patchSize: 7 } };
    assert.throws(() => createClip(config, 0), /image size 32 is not a multiple of the patch size 7/);
  });

  it('leaves no tensors behind', () => {
    const model = createClip({ ...SMALL, secondOrder: { heads: 4, reduced: 4, dropout: 0.5 } }, 0);
    const before = tf.memory().numTensors;
    const pixels = tf.zeros([2, 32, 32, 3]) as tf.Tensor4D;
    const embeddings = tf.tidy(() => ({ ...encodeImages(model, pixels) }));
    tf.dispose([pixels, embeddings]);
    assert.equal(tf.memory().numTensors, before);
    disposeParameters(model.parameters);
  });
});
