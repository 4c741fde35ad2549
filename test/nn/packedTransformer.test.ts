import * as tf from '@tensorflow/tfjs-core';
import { createRandom, gelu, hasKernels, startEngine } from '../../src/engine';
import {
  causalMask,
  disposeParameters,
  initialiser,
  initialiseTransformer,
  type Parameters,
  packedTransformer,
  pickedTransformer,
  scopeOf,
  withRecomputation,
} from '../../src/nn';
import { assertClose } from '../golden/compare';
import { startsOf } from './attentionWeights';

const SHAPE = { width: 16, layers: 3, heads: 2 };
const LENGTHS = [5, 2, 7, 1];
const LONGEST = 7;

describe('packedTransformer', () => {
  let parameters: Parameters;
  before(async function () {
    await startEngine();
    if (!hasKernels()) this.skip();
    parameters = new Map();
    initialiseTransformer(initialiser(parameters, createRandom(6)), 'transformer', SHAPE);
  });
  after(() => parameters && disposeParameters(parameters));

  /** Where each sample's rows are among those of the padded samples. */
  const rowsOf = LENGTHS.flatMap((length, sample) =>
    Array.from({ length }, (_, place) => sample * LONGEST + place),
  );
  const ends = LENGTHS.map((length, sample) => sample * LONGEST + length - 1);

  /** The samples' last tokens and all gradients, from padded samples or from their own rows alone. */
  function pass(packed: boolean) {
    const x = tf.variable(tf.randomNormal([LENGTHS.length * LONGEST, 16], 0, 1, 'float32', 7));
    const scope = scopeOf(parameters).at('transformer');
    const out = () => {
      const mask = causalMask(LONGEST);
      if (!packed) {
        const samples = tf.reshape(x as tf.Tensor, [LENGTHS.length, LONGEST, 16]) as tf.Tensor3D;
        const seen = tf.gather(mask, LENGTHS.map((length) => length - 1)) as tf.Tensor2D; // biome-ignore format: one line
        const picks = { rows: tf.tensor1d(ends, 'int32'), mask: seen };
        return pickedTransformer(samples, scope, SHAPE, gelu, picks, { mask });
      }
      const rows = tf.gather(x as tf.Tensor, tf.tensor1d(rowsOf, 'int32')) as tf.Tensor2D;
      const starts = startsOf(LENGTHS);
      const samples = { rows, starts: tf.tensor1d(starts, 'int32'), longest: LONGEST };
      return packedTransformer(samples, scope, SHAPE, gelu, mask);
    };
    const probe = tf.randomNormal([LENGTHS.length, 16], 0, 1, 'float32', 8);
    const leaves = [x, ...parameters.values()];
    const { grads } = tf.variableGrads(() => tf.sum(tf.mul(out(), probe)) as tf.Scalar, leaves);
    return { value: out(), gradients: leaves.map(({ name }) => grads[name]) };
  }

  for (const recomputing of [false, true]) {
    it(`equals padded samples, gradients included${recomputing ? ', recomputed' : ''}`, () => {
      tf.tidy(() => {
        const padded = pass(false);
        const packed = withRecomputation(recomputing, () => pass(true));
        assertClose(packed.value, padded.value.dataSync(), 1e-5);
        packed.gradients.forEach((gradient, i) => {
          assertClose(gradient, padded.gradients[i].dataSync(), 1e-5, `gradient ${i}`);
        });
      });
    });
  }
});
