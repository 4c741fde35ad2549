import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import { causalMask, initialiser, linearLayer, type Parameters, scopeOf, selfAttention } from '../../src/nn';
import { assertClose } from '../golden/compare';
import { attentionWeights } from './attentionWeights';

const [BATCH, TOKENS, WIDTH, HEADS] = [2, 3, 4, 2];
type Matrix = number[][];

const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const apply = (weight: Matrix, bias: number[], x: number[]) => weight.map((row, i) => dot(row, x) + bias[i]);

/** One sample's attention as in the textbook, one head and one token after the other. */
function naiveAttention(
  x: Matrix,
  weights: { inWeight: Matrix; inBias: number[]; outWeight: Matrix; outBias: number[] },
  causal: boolean,
): Matrix {
  const projected = x.map((token) => apply(weights.inWeight, weights.inBias, token));
  const side = WIDTH / HEADS;
  const part = (token: number, kind: number, head: number) => {
    const start = kind * WIDTH + head * side;
    return projected[token].slice(start, start + side);
  };
  return x.map((_, token) => {
    const heads = Array.from({ length: HEADS }, (_, head) => {
      const seen = x.map((_, other) => other).filter((other) => !causal || other <= token);
      const scores = seen.map((other) => dot(part(token, 0, head), part(other, 1, head)) / Math.sqrt(side));
      const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
      return Array.from({ length: side }, (_, i) =>
        seen.reduce((sum, other, n) => sum + (Math.exp(scores[n]) / total) * part(other, 2, head)[i], 0),
      );
    });
    return apply(weights.outWeight, weights.outBias, heads.flat());
  });
}

/** `selfAttention` with its last bias. `[batch, tokens, width]` */
function attend(x: tf.Tensor3D, parameters: Parameters, mask?: tf.Tensor2D): tf.Tensor3D {
  const scope = scopeOf(parameters);
  const rows = tf.reshape(x, [-1, WIDTH]) as tf.Tensor2D;
  const mixed = selfAttention(rows, attentionWeights(scope), { tokens: TOKENS, heads: HEADS }, { mask });
  return tf.reshape(linearLayer(mixed, scope, 'out_proj'), x.shape);
}

describe('selfAttention', () => {
  let parameters: Parameters;
  let x: tf.Tensor3D;

  before(async () => {
    await startEngine();
    parameters = new Map();
    const init = initialiser(parameters, createRandom(4));
    init.normal('in_proj_weight', [3 * WIDTH, WIDTH], 0.7);
    init.normal('in_proj_bias', [3 * WIDTH], 0.3);
    init.linear('out_proj', WIDTH, WIDTH);
    x = tf.randomNormal([BATCH, TOKENS, WIDTH], 0, 1, 'float32', 1);
  });
  after(() => tf.dispose([x, ...parameters.values()]));

  for (const causal of [false, true]) {
    it(`equals attention computed token by token, ${causal ? 'causal' : 'without a mask'}`, () => {
      tf.tidy(() => {
        const found = attend(x, parameters, causal ? causalMask(TOKENS) : undefined);
        const read = (name: string) => parameters.get(name)!.arraySync();
        const weights = {
          inWeight: read('in_proj_weight') as Matrix,
          inBias: read('in_proj_bias') as number[],
          outWeight: read('out_proj.weight') as Matrix,
          outBias: read('out_proj.bias') as number[],
        };
        const expected = x.arraySync().map((sample) => naiveAttention(sample, weights, causal));
        assert.deepEqual(found.shape, [BATCH, TOKENS, WIDTH]);
        assertClose(found, expected.flat(2));
      });
    });
  }

  it('under a causal mask, does not see later tokens', () => {
    tf.tidy(() => {
      const of = (x: tf.Tensor3D) =>
        tf.slice(attend(x, parameters, causalMask(TOKENS)), [0, 0, 0], [-1, 2, -1]);
      const last = tf.tensor3d([0, 0, 5], [1, TOKENS, 1]);
      assertClose(of(tf.add(x, last)), of(x).dataSync(), 1e-6);
    });
  });
});

describe('causalMask', () => {
  before(() => startEngine());

  it('is 0 up to a token itself and −∞ beyond', () => {
    const far = -Infinity;
    tf.tidy(() => assert.deepEqual(causalMask(3).arraySync(), [[0, far, far], [0, 0, far], [0, 0, 0]])); // biome-ignore format: matrix
  });
});
