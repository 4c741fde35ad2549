import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import {
  attentionRollout,
  type Clip,
  type ClipConfig,
  createClip,
  statesBefore,
  visionAttention,
} from '../../src/models';
import { disposeParameters, layerNormLayer, linearLayer, restoreVariables, scopeOf } from '../../src/nn';
import { assertClose, golden } from '../golden/compare';

const SMALL: ClipConfig = {
  embedDim: 32,
  vision: { imageSize: 32, patchSize: 8, width: 48, layers: 2, heads: 2 },
  text: { contextLength: 16, vocabSize: 512, width: 32, layers: 3, heads: 4 },
};

describe('attention of the image tower, against PyTorch', () => {
  const known = golden('attentionMaps.safetensors');
  const expected = (name: string) => known.get(name)!.data;
  let model: Clip;
  let images: tf.Tensor4D;

  before(async () => {
    await startEngine();
    model = createClip(SMALL, 0);
    restoreVariables(model.parameters, golden('clip-small.safetensors'));
    const pixels = golden('clip-small-io.safetensors').get('images')!.data as Float32Array;
    images = tf.tidy(() => tf.transpose(tf.slice(tf.tensor4d(pixels, [4, 3, 32, 32]), 0, 2), [0, 2, 3, 1]));
  });
  after(() => {
    images.dispose();
    disposeParameters(model.parameters);
  });

  it('has the weights of every head, block and picture', () => {
    tf.tidy(() => {
      const weights = visionAttention(model, images).map((block) => block.weights);
      assertClose(tf.stack(weights), expected('weights'), 1e-6);
      assertClose(attentionRollout(weights), expected('rollout'), 1e-6);
    });
  });

  it('adds up to 1, and mixed gives what the tower itself computes', () => {
    tf.tidy(() => {
      visionAttention(model, images).forEach(({ weights, values }, layer) => {
        assertClose(tf.sum(weights, 3), Array(2 * 2 * 17).fill(1), 1e-6);
        const scope = scopeOf(model.parameters).at('visual.transformer.resblocks').at(layer);
        const mixed = tf.reshape(tf.transpose(tf.matMul(weights, values), [0, 2, 1, 3]), [2, 17, 48]);
        const stream = statesBefore(model, images, layer);
        const attended = tf.add(stream, linearLayer(mixed, scope, 'attn.out_proj'));
        const inner = linearLayer(layerNormLayer(attended, scope, 'ln_2'), scope, 'mlp.c_fc');
        const activated = tf.mul(inner, tf.mul(0.5, tf.add(1, tf.erf(tf.mul(inner, Math.SQRT1_2)))));
        const own = tf.add(attended, linearLayer(activated, scope, 'mlp.c_proj'));
        assertClose(own, statesBefore(model, images, layer + 1).dataSync(), 1e-5);
      });
    });
  });

  it('leaves nothing behind but what it returns', () => {
    const { numTensors } = tf.memory();
    tf.dispose(visionAttention(model, images).flatMap(({ weights, values }) => [weights, values]));
    assert.equal(tf.memory().numTensors, numTensors);
  });

  it('says what it cannot look into', () => {
    assert.throws(() => statesBefore(model, images, 3), /a layer from 0 to 2.*got 3/);
    assert.throws(() => attentionRollout([]), /at least one block, got none/);
    const grouping = { kind: 'learned' } as unknown as ClipConfig['vision']['grouping'];
    const grouped = { ...model, config: { ...SMALL, vision: { ...SMALL.vision, grouping } } };
    assert.throws(() => visionAttention(grouped, images), /gates it by its grouping/);
  });
});
