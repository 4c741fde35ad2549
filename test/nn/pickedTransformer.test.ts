import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, gelu, hasKernels, startEngine, withPrecision } from '../../src/engine';
import {
  causalMask,
  disposeParameters,
  initialiser,
  initialiseTransformer,
  type Parameters,
  pickedTransformer,
  scopeOf,
  transformer,
  withRecomputation,
} from '../../src/nn';
import { assertClose, assertCloseInScale } from '../golden/compare';

const SHAPE = { width: 16, layers: 3, heads: 2 };
const TOKENS = 5;
const PLACES = [0, 3, 4, 2];

describe('pickedTransformer', () => {
  let parameters: Parameters;
  before(async () => {
    await startEngine();
    parameters = new Map();
    initialiseTransformer(initialiser(parameters, createRandom(5)), 'transformer', SHAPE);
  });
  after(() => disposeParameters(parameters));

  /** Values and gradients of one token of each sample, computed with all others or picked from the start. */
  function pass(picked: boolean, masked: boolean) {
    const x = tf.variable(tf.randomNormal([PLACES.length, TOKENS, 16], 0, 1, 'float32', 7));
    const rows = tf.tensor1d(
      PLACES.map((place, sample) => sample * TOKENS + place),
      'int32',
    );
    const scope = scopeOf(parameters).at('transformer');
    const out = () => {
      const mask = masked ? causalMask(TOKENS) : undefined;
      if (!picked) {
        const all = transformer(x as tf.Tensor3D, scope, SHAPE, gelu, { mask });
        return tf.gather(tf.reshape(all, [-1, 16]), rows);
      }
      const seen = mask && (tf.gather(mask, PLACES) as tf.Tensor2D);
      return pickedTransformer(x as tf.Tensor3D, scope, SHAPE, gelu, { rows, mask: seen }, { mask });
    };
    const probe = tf.randomNormal([PLACES.length, 16], 0, 1, 'float32', 8);
    const { grads } = tf.variableGrads(
      () => tf.sum(tf.mul(out(), probe)) as tf.Scalar,
      [x, ...parameters.values()],
    );
    return { value: out(), gradients: [x, ...parameters.values()].map(({ name }) => grads[name]) };
  }

  it('comes as near to that in 16 bits as 16 bits can', function () {
    if (!hasKernels()) this.skip();
    tf.tidy(() => {
      const whole = pass(false, true);
      const part = withPrecision('bf16', () => pass(true, true));
      assertCloseInScale(part.value, whole.value.dataSync(), 2e-2);
      assert.notDeepEqual(part.value.dataSync(), pass(true, true).value.dataSync());
      part.gradients.forEach((gradient, i) => {
        assertCloseInScale(gradient, whole.gradients[i].dataSync(), 4e-2, `gradient ${i}`);
      });
    });
  });

  for (const masked of [false, true]) {
    for (const recomputing of [false, true]) {
      const how = `${masked ? 'under a causal mask' : 'without a mask'}${recomputing ? ', recomputed' : ''}`;
      it(`equals one token behind all blocks, gradients included, ${how}`, () => {
        tf.tidy(() => {
          const whole = pass(false, masked);
          const part = withRecomputation(recomputing, () => pass(true, masked));
          assert.deepEqual(part.value.shape, [PLACES.length, 16]);
          assertClose(part.value, whole.value.dataSync(), 1e-5);
          part.gradients.forEach((gradient, i) => {
            assertClose(gradient, whole.gradients[i].dataSync(), 1e-5, `gradient ${i}`);
          });
        });
      });
    }
  }
});
