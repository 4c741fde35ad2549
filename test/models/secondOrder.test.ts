import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import {
  type ClipConfig,
  createClip,
  encodeTexts,
  type Mode,
  type Padding,
  type SecondOrderConfig,
  secondOrder,
  secondOrderLength,
  type TokenBatch,
} from '../../src/models';
import { disposeParameters, type Parameters, scopeOf, trainable } from '../../src/nn';
import { assertClose, assertCloseInScale, golden } from '../golden/compare';

const HEADS: SecondOrderConfig = { heads: 4, reduced: 6, dropout: 0 };
const training = (seed = 0): Mode => ({ training: true, random: createRandom(seed) });

describe('secondOrder, against the official module', () => {
  const file = golden('mbdc.safetensors');
  const stored = (name: string) => file.get(name)!;

  before(() => startEngine());

  /** The parameters of one tower as recorded. */
  function load(tower: 'image' | 'text'): Parameters {
    const prefix = `${tower}.state.`;
    return new Map(
      [...file].flatMap(([name, { data, shape }]) => {
        if (!name.startsWith(prefix)) return [];
        const trainable = !name.includes('running');
        const variable = tf.tidy(() => tf.variable(tf.tensor(data, shape), trainable));
        return [[name.slice(prefix.length), variable] as const];
      }),
    );
  }

  /** z of the recorded tokens: the first image token is the anchor, in texts the token at the end. */
  function imageStatistic(tokens: tf.Tensor3D, parameters: Parameters, mode: Mode): tf.Tensor2D {
    const [batch, , width] = tokens.shape;
    const anchor = tf.reshape(tf.slice(tokens, [0, 0, 0], [-1, 1, -1]), [batch, width]) as tf.Tensor2D;
    const patches = tf.slice(tokens, [0, 1, 0], [-1, -1, -1]);
    return secondOrder({ anchor, tokens: patches }, scopeOf(parameters), HEADS, 'vision', mode);
  }

  function textStatistic(
    tokens: tf.Tensor3D,
    parameters: Parameters,
    mode: Mode,
    padding: Padding = 'masked',
  ): tf.Tensor2D {
    const ends = stored('text.ends').data as Int32Array;
    const [batch, count, width] = tokens.shape;
    const places = tf.tensor1d(ends.map((end, row) => row * count + end));
    const anchor = tf.gather(
      tf.reshape(tokens, [batch * count, width]),
      tf.cast(places, 'int32'),
    ) as tf.Tensor2D;
    const lengths = ends.map((end) => end + 1);
    const config = { ...HEADS, padding };
    return secondOrder({ anchor, tokens, lengths }, scopeOf(parameters), config, 'text', mode);
  }

  for (const [name, tower, mode, padding] of [
    ['image.train', 'image', training()],
    ['image.eval', 'image', { training: false }],
    ['text.masked', 'text', training()],
    ['text.official', 'text', training(), 'kept'],
  ] as [string, 'image' | 'text', Mode, Padding?][]) {
    it(`gives the same z and gradients: ${name}`, () => {
      const parameters = load(tower);
      const statistic = tower === 'image' ? imageStatistic : textStatistic;
      tf.tidy(() => {
        const tokens = tf.variable(tf.tensor(stored(`${tower}.tokens`).data, [5, 17, 32]));
        const probe = tf.tensor(stored('probe').data, [5, 32]);
        const leaves = new Map([['tokens', tokens], ...trainable(parameters)]);
        let z!: ArrayLike<number>;
        const { grads } = tf.variableGrads(() => {
          const found = statistic(tokens as tf.Tensor as tf.Tensor3D, parameters, mode, padding);
          z = found.dataSync();
          return tf.sum(tf.mul(found, probe)) as tf.Scalar;
        }, [...leaves.values()]);
        assertCloseInScale(z, stored(`${name}.z`).data, 1e-5, 'z');
        for (const [leaf, variable] of leaves) {
          assertCloseInScale(
            grads[variable.name],
            stored(`${name}.grad.${leaf}`).data,
            1e-5,
            `gradient of ${leaf}`,
          );
        }
        tokens.dispose();
      });
      for (const statistics of name === 'image.train' ? ['running_mean', 'running_var'] : []) {
        const path = `vbdc.conv_dr_block.1.${statistics}`;
        assertClose(parameters.get(path)!, stored(`image.train.after.${path}`).data, 1e-5, statistics);
      }
      disposeParameters(parameters);
    });
  }

  it('leaves the running statistics alone in evaluation', () => {
    const parameters = load('image');
    const tokens = tf.tensor(stored('image.tokens').data, [5, 17, 32]) as tf.Tensor3D;
    tf.tidy(() => imageStatistic(tokens, parameters, { training: false }));
    const path = 'vbdc.conv_dr_block.1.running_var';
    assertClose(parameters.get(path)!, stored(`image.state.${path}`).data, 0);
    tokens.dispose();
    disposeParameters(parameters);
  });

  it('does not see what stands behind the end of a text', () => {
    const parameters = load('text');
    tf.tidy(() => {
      const values = Float32Array.from(stored('text.tokens').data);
      const of = () => textStatistic(tf.tensor3d(values, [5, 17, 32]), parameters, { training: false });
      const before = of();
      values.fill(9, (1 * 17 + 4) * 32, 2 * 17 * 32);
      assertClose(of(), before.dataSync(), 0);
    });
    disposeParameters(parameters);
  });
});

describe('second-order heads of a model', () => {
  const config: ClipConfig = {
    embedDim: 16,
    vision: { imageSize: 16, patchSize: 8, width: 16, layers: 1, heads: 2 },
    text: { contextLength: 8, vocabSize: 32, width: 16, layers: 1, heads: 2 },
    secondOrder: { heads: 2, reduced: 4, dropout: 0 },
  };
  const texts: TokenBatch = {
    ids: Int32Array.of(1, 5, 6, 31, 0, 0, 0, 0, 1, 7, 31, 0, 0, 0, 0, 0, 1, 8, 9, 10, 11, 31, 0, 0),
    lengths: Int32Array.of(4, 3, 6),
  };

  before(() => startEngine());

  it('drop channels at random in training only, the same for the same seed', () => {
    const dropping = { ...config, secondOrder: { ...config.secondOrder!, dropout: 0.5 } };
    const model = createClip(dropping, 1);
    tf.tidy(() => {
      const z = (mode: Mode) => encodeTexts(model, texts, mode).second!.dataSync();
      assert.deepEqual(z(training(3)), z(training(3)));
      assert.notDeepEqual(z(training(3)), z(training(4)));
      assert.deepEqual(z({ training: false }), z({ training: false }));
    });
    disposeParameters(model.parameters);
  });

  it('have the published length', () => {
    assert.equal(secondOrderLength({ heads: 4, reduced: 46, dropout: 0.5 }, 512), 4324);
    assert.equal(secondOrderLength({ heads: 4, reduced: 8, dropout: 0.5 }, 64), 144);
  });

  it('weigh a token by the softmax of its cosine with the anchor', () => {
    // One head of two channels; identity layers keep the weighed tokens visible in the text tower's running order.
    const weights = [1, 0, -1].map((cosine) => Math.exp(cosine));
    const total = weights.reduce((sum, weight) => sum + weight);
    const model = createClip(
      { ...config, embedDim: 2, secondOrder: { heads: 1, reduced: 2, dropout: 0 } },
      1,
    );
    const set = (name: string, values: number[]) => {
      const variable = model.parameters.get(`visual.${name}`)!;
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
    };
    set('fc1.weight', [1, 0, 0, 1]);
    set('vbdc.conv_dr_block.0.weight', [1, 0, 0, 1]);
    tf.tidy(() => {
      const scope = scopeOf(model.parameters).at('visual');
      const z = (tokens: number[][], tokenWeighting: boolean) =>
        secondOrder(
          { anchor: tf.tensor2d([[1, 0]]), tokens: tf.tensor3d([tokens]) },
          scope,
          { ...model.config.secondOrder!, tokenWeighting },
          'vision',
          { training: false },
        ).dataSync();
      const tokens = [[1, 0], [0, 1], [-1, 0]]; // biome-ignore format: points
      const weighed = tokens.map((token, i) => token.map((value) => (value * weights[i]) / total));
      assertClose(z(tokens, true), z(weighed, false));
      assert.notDeepEqual(z(tokens, true), z(tokens, false));
    });
    disposeParameters(model.parameters);
  });
});
