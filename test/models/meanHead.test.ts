import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import {
  type ClipConfig,
  createClip,
  encodeImages,
  encodeTexts,
  imageTokens,
  initialiseSecondOrder,
  OFFICIAL_SECOND_ORDER,
  type SecondOrderConfig,
  type Statistic,
  secondOrder,
  type TokenBatch,
  type TokenSet,
  type Tower,
  textTokens,
} from '../../src/models';
import {
  disposeParameters,
  type Initialiser,
  initialiser,
  type Parameters,
  scopeOf,
  unitLength,
} from '../../src/nn';
import { assertClose, assertCloseInScale } from '../golden/compare';
import { TINY } from '../tiny';

const HEADS: SecondOrderConfig = { heads: 2, reduced: 4, dropout: 0 };
const EVALUATION = { training: false } as const;

/** The parameters of one tower's head alone. */
function headParameters(tower: Tower, config: SecondOrderConfig, embedDim: number): Parameters {
  const parameters: Parameters = new Map();
  initialiseSecondOrder(initialiser(parameters, createRandom(1)), tower, config, embedDim);
  return parameters;
}

/** How many numbers the parameters of one tower's head hold; none of them is drawn. */
function countOf(tower: Tower, config: SecondOrderConfig, embedDim: number): number {
  let count = 0;
  const add = (_: string, shape: number[]) => {
    count += shape.reduce((a, b) => a * b, 1);
  };
  const counter: Initialiser = {
    normal: add,
    uniform: add,
    constant: (name, shape, _, isTrainable = true) => (isTrainable ? add(name, shape) : undefined),
    linear: (name, fanIn, fanOut, bias = true) => add(name, [fanIn + (bias ? 1 : 0), fanOut]),
    norm: (name, width) => add(name, [2, width]),
  };
  initialiseSecondOrder(counter, tower, config, embedDim);
  return count;
}

describe('the mean head, control of the second-order statistics', () => {
  before(() => startEngine());

  const SIZES = { neither: [4, 8, 12, 46], official: [4, 8, 12, 46], paper: [12, 46, undefined] };
  for (const [name, sizes] of Object.entries(SIZES)) {
    it(`has as many parameters as the distance head, within 1 %: variant ${name}`, () => {
      const variant = name === 'neither' ? undefined : (name as 'official' | 'paper');
      for (const embedDim of [64, 512]) {
        for (const heads of [1, 2, 4, 8]) {
          for (const reduced of embedDim === 64 ? sizes : [46]) {
            for (const tower of ['vision', 'text'] as const) {
              const config = { variant, heads, reduced, dropout: 0 };
              const distance = countOf(tower, config, embedDim);
              const mean = countOf(tower, { ...config, statistic: 'mean' }, embedDim);
              const what = `${tower}, ${embedDim} channels, ${heads} heads of ${reduced}: ${mean} for ${distance}`;
              assert.ok(Math.abs(mean / distance - 1) < 0.01, what);
            }
          }
        }
      }
    });
  }

  it('is counted rightly here: as published, 21,191,960 a tower', () => {
    assert.equal(countOf('vision', OFFICIAL_SECOND_ORDER, 512), 21_191_960);
    assert.equal(countOf('text', OFFICIAL_SECOND_ORDER, 512), 21_191_960);
  });

  /** z of two sets of tokens with the same anchor and mean, by `statistic`, in evaluation; the second relative to the first. */
  function difference(statistic: Statistic): number {
    const parameters = headParameters('text', { ...HEADS, statistic }, 16);
    const moved = tf.tidy(() => {
      const random = createRandom(2);
      const draw = (...shape: number[]) =>
        tf.tensor(
          Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
          shape,
        );
      const anchor = draw(3, 16) as tf.Tensor2D;
      const tokens = draw(3, 10, 16) as tf.Tensor3D;
      const mean = tf.mean(tokens, 1, true);
      const wider = tf.add(tf.mul(tf.sub(tokens, mean), tf.linspace(0.5, 2, 16)), mean) as tf.Tensor3D;
      const z = (set: TokenSet) =>
        secondOrder(set, scopeOf(parameters), { ...HEADS, statistic }, 'text', EVALUATION);
      const [one, other] = [z({ anchor, tokens }), z({ anchor, tokens: wider })];
      return tf.div(tf.norm(tf.sub(one, other)), tf.norm(one)).dataSync()[0];
    });
    disposeParameters(parameters);
    return moved;
  }

  it('cannot tell sets of tokens with the same mean', () => {
    assert.ok(difference('mean') < 1e-6, `${difference('mean')}`);
  });

  for (const statistic of ['distance', 'covariance', 'rootCovariance', 'bilinear'] as const) {
    it(`can tell them by ${statistic}`, () => {
      assert.ok(difference(statistic) > 0.05, `${difference(statistic)}`);
    });
  }

  for (const statistic of ['distance', 'covariance', 'rootCovariance', 'bilinear', 'mean'] as const) {
    it(`counts the real tokens of a text alone, whatever stands behind them: ${statistic}`, () => {
      for (const variant of [undefined, 'paper'] as const) {
        const config = { ...HEADS, variant, statistic };
        const parameters = headParameters('text', config, 16);
        tf.tidy(() => {
          const [anchor, short] = [
            tf.randomNormal([1, 16], 0, 1, 'float32', 3),
            tf.randomNormal([1, 5, 16], 0, 1, 'float32', 4),
          ];
          const long = tf.concat([short, tf.fill([1, 4, 16], 7)], 1);
          const z = (tokens: tf.Tensor, lengths?: Int32Array) => {
            const set = { anchor: anchor as tf.Tensor2D, tokens: tokens as tf.Tensor3D, lengths };
            return secondOrder(set, scopeOf(parameters), config, 'text', EVALUATION);
          };
          assertCloseInScale(z(long, Int32Array.of(5)), z(short).dataSync(), 1e-6);
          assert.notDeepEqual(z(long).dataSync(), z(short).dataSync());
        });
        disposeParameters(parameters);
      }
    });
  }
});

describe('pooling by the mean', () => {
  const texts: TokenBatch = {
    ids: Int32Array.of(510, 5, 6, 511, 0, 0, 0, 0, 0, 0, 0, 0, 510, 7, 511, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    lengths: Int32Array.of(4, 3),
  };
  let images: tf.Tensor4D;

  before(async () => {
    await startEngine();
    images = tf.randomNormal([2, 16, 16, 3], 0, 1, 'float32', 5);
  });
  after(() => images.dispose());

  for (const [name, heads] of Object.entries({
    'without second-order heads': undefined,
    'with them': HEADS,
    'with them, padding kept': { ...HEADS, variant: 'official' },
  } as Record<string, SecondOrderConfig | undefined>)) {
    it(`takes the mean of the patches and of each text's own tokens, ${name}`, () => {
      const config: ClipConfig = { ...TINY, pooling: 'mean', secondOrder: heads };
      const model = createClip(config, 1);
      tf.tidy(() => {
        const patches = imageTokens(model, images).tokens;
        assertClose(encodeImages(model, images).first, unitLength(tf.mean(patches, 1)).dataSync(), 1e-6);
        const rows = tf.unstack(textTokens(model, texts).tokens);
        const means = rows.map((row, i) => tf.mean(tf.slice(row, 0, texts.lengths[i]), 0));
        assertClose(encodeTexts(model, texts).first, unitLength(tf.stack(means)).dataSync(), 1e-6);
        const pooled = encodeTexts({ ...model, config: { ...config, pooling: 'token' } }, texts).first;
        assert.notDeepEqual(encodeTexts(model, texts).first.dataSync(), pooled.dataSync());
      });
      disposeParameters(model.parameters);
    });
  }
});
