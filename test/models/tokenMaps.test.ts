import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import { filipLoss } from '../../src/losses';
import { initialiseTokenMaps, LOGIT_SCALE_START, mapTokens } from '../../src/models';
import { disposeParameters, initialiser, type Parameters, scopeOf } from '../../src/nn';
import { assertClose, golden } from '../golden/compare';

const answers = golden('filip.safetensors');
const PREFIX = 'auxiliary.tokens';
const [VISION_WIDTH, TEXT_WIDTH, WIDTH] = [6, 3, 8];
const NAMES = [
  'image_mapping.weight',
  'image_mapping.bias',
  'text_mapping.weight',
  'text_mapping.bias',
  'logit_scale',
];

const numbers = (name: string) => answers.get(`maps.${name}`)!.data as Float32Array;
const stored = <T extends tf.Tensor>(name: string) =>
  tf.tensor(numbers(name), answers.get(`maps.${name}`)!.shape) as T;

function draw(seed: number): Parameters {
  const parameters: Parameters = new Map();
  const init = initialiser(parameters, createRandom(seed));
  initialiseTokenMaps(init, PREFIX, VISION_WIDTH, TEXT_WIDTH, { width: WIDTH });
  return parameters;
}

describe('token maps', () => {
  let parameters: Parameters;

  before(async () => {
    await startEngine();
    parameters = draw(1);
  });
  after(() => disposeParameters(parameters));

  it('are PyTorch’s linear layers with bias, and a temperature of their own', () => {
    assert.deepEqual(
      [...parameters.keys()],
      NAMES.map((name) => `${PREFIX}.${name}`),
    );
    const scope = scopeOf(parameters).at(PREFIX);
    assert.deepEqual(scope('image_mapping.weight').shape, [WIDTH, VISION_WIDTH]);
    assert.deepEqual(scope('text_mapping.weight').shape, [WIDTH, TEXT_WIDTH]);
    assertClose(scope('logit_scale'), [LOGIT_SCALE_START]);
    for (const [tower, fanIn] of [
      ['image', VISION_WIDTH],
      ['text', TEXT_WIDTH],
    ] as const) {
      const drawn = ['weight', 'bias'].flatMap((kind) => [...scope(`${tower}_mapping.${kind}`).dataSync()]);
      const largest = Math.max(...drawn.map(Math.abs));
      assert.ok(largest <= 1 / Math.sqrt(fanIn) && largest > 0.8 / Math.sqrt(fanIn));
    }
    assert.ok([...parameters.values()].every(({ trainable }) => trainable));
  });

  it('equal PyTorch’s, through the loss, gradients included', () => {
    tf.tidy(() => {
      const [image, text, real] = [
        stored<tf.Tensor3D>('image'),
        stored<tf.Tensor3D>('text'),
        stored<tf.Tensor2D>('real'),
      ];
      const own = draw(2);
      const scope = scopeOf(own).at(PREFIX);
      for (const name of NAMES) scope(name).assign(tf.reshape(stored(`state.${name}`), scope(name).shape));
      assertClose(mapTokens(image, scope, 'image'), numbers('patches'), 1e-5, 'patches');
      assertClose(mapTokens(text, scope, 'text'), numbers('words'), 1e-5, 'words');

      const lossOf = (a: tf.Tensor, b: tf.Tensor) =>
        filipLoss(
          mapTokens(a as tf.Tensor3D, scope, 'image'),
          mapTokens(b as tf.Tensor3D, scope, 'text'),
          real,
          tf.exp(scope('logit_scale')) as tf.Scalar,
        );
      const { value, grads } = tf.valueAndGrads(lossOf)([image, text]);
      assertClose(value, numbers('loss'), 1e-5, 'loss');
      assertClose(grads[0], numbers('grad.image'), 1e-5, 'gradient of the image states');
      assertClose(grads[1], numbers('grad.text'), 1e-5, 'gradient of the text states');
      const ofParameters = tf.variableGrads(() => lossOf(image, text), scope.all()).grads;
      for (const name of NAMES) {
        const gradient = ofParameters[scope(name).name];
        assertClose(gradient, numbers(`grad.${name}`), 1e-5, `gradient of ${name}`);
      }
      disposeParameters(own);
    });
  });

  it('give unit rows, of zero states too', () => {
    tf.tidy(() => {
      const scope = scopeOf(parameters).at(PREFIX);
      const rows = mapTokens(tf.zeros([2, 3, VISION_WIDTH]), scope, 'image');
      assert.deepEqual(rows.shape, [2, 3, WIDTH]);
      assertClose(tf.sum(tf.square(rows), 2), new Float32Array(6).fill(1));
    });
  });

  it('leak no tensors', () => {
    const states = tf.ones([2, 3, TEXT_WIDTH]) as tf.Tensor3D;
    const before = tf.memory().numTensors;
    tf.tidy(() => mapTokens(states, scopeOf(parameters).at(PREFIX), 'text')).dispose();
    assert.equal(tf.memory().numTensors, before);
    states.dispose();
  });
});
