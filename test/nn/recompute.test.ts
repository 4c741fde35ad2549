import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, gelu, startEngine } from '../../src/engine';
import {
  causalMask,
  disposeParameters,
  initialiser,
  initialiseTransformer,
  type Parameters,
  scopeOf,
  transformer,
  withRecomputation,
} from '../../src/nn';

const SHAPE = { width: 16, layers: 3, heads: 2 };

describe('recomputed', () => {
  let parameters: Parameters;
  before(async () => {
    await startEngine();
    parameters = new Map();
    initialiseTransformer(initialiser(parameters, createRandom(3)), 'transformer', SHAPE);
  });
  after(() => disposeParameters(parameters));

  /** Loss, gradients and the most memory that one pass over the stack needs, above what was taken before it. */
  async function pass(enabled: boolean, masked: boolean, tokens = 5) {
    const x = tf.randomNormal([4, tokens, 16], 0, 1, 'float32', 7) as tf.Tensor3D;
    const loss = () => {
      const mask = masked ? causalMask(tokens) : undefined;
      const out = transformer(tf.mul(x, 2), scopeOf(parameters).at('transformer'), SHAPE, gelu, { mask });
      return tf.mean(tf.square(tf.sub(out, 1))) as tf.Scalar;
    };
    let result: { value: tf.Scalar; grads: tf.NamedTensorMap } | undefined;
    const taken = tf.memory().numBytes;
    const { peakBytes } = await tf.profile(() => {
      result = withRecomputation(enabled, () => tf.variableGrads(loss, [...parameters.values()]));
      return result.value;
    });
    const values = [...parameters].map(
      ([name, variable]) => [name, Array.from(result!.grads[variable.name].dataSync())] as const,
    );
    const value = result!.value.dataSync()[0];
    tf.dispose([x, result!.value, ...Object.values(result!.grads)]);
    return { value, gradients: new Map(values), peakBytes: peakBytes - taken };
  }

  for (const masked of [false, true]) {
    it(`gives the same loss and gradients${masked ? ', with a mask' : ''}`, async () => {
      const kept = await pass(false, masked);
      const again = await pass(true, masked);
      assert.ok(Math.abs(kept.value - again.value) < 1e-6);
      assert.equal(kept.gradients.size, 3 * 12);
      for (const [name, values] of kept.gradients) {
        assert.ok(
          values.some((value) => Math.abs(value) > 1e-6),
          `${name} has no gradient to compare`,
        );
        values.forEach((value, i) => {
          assert.ok(Math.abs(value - again.gradients.get(name)![i]) < 1e-6, `${name}[${i}]`);
        });
      }
    });
  }

  it('needs less memory and leaves nothing behind', async () => {
    const before = tf.memory();
    const kept = await pass(false, true, 40);
    const again = await pass(true, true, 40);
    assert.ok(again.peakBytes < 0.6 * kept.peakBytes, `${again.peakBytes} of ${kept.peakBytes} bytes`);
    const after = tf.memory();
    assert.deepEqual([after.numTensors, after.numBytes], [before.numTensors, before.numBytes]);
  });

  it('ends with what it was given for', () => {
    assert.throws(() =>
      withRecomputation(true, () => {
        throw new Error('stopped');
      }),
    );
    assert.equal(
      withRecomputation(true, () => withRecomputation(false, () => 1)),
      1,
    );
  });
});
