import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import {
  type Activation,
  adamWUpdate,
  addBias,
  biasActivation,
  createRandom,
  fusedAttention,
  gelu,
  geluTanh,
  type HalfWeights,
  hasKernels,
  layerNorm,
  type Precision,
  product,
  quickGelu,
  startEngine,
  sumOfSquares,
  withPrecision,
} from '../../src/engine';
import { cast } from '../../src/engine/kernels';
import { attendWithin, causalMask } from '../../src/nn';
import { assertClose, assertCloseInScale } from '../golden/compare';
import { startsOf } from '../nn/attentionWeights';

/** A function of matrices and vectors, of which only the first is in the given precision. */
type Form = (inputs: tf.Tensor[], precision: Precision) => tf.Tensor;

const random = createRandom(11);

function normal(...shape: number[]): tf.Tensor {
  const size = shape.reduce((product, side) => product * side, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    shape,
  );
}

/** Value and gradients, for one probe. */
function pass(form: Form, inputs: tf.Tensor[], probe: tf.Tensor, precision: Precision = 'f32') {
  const loss = (...inputs: tf.Tensor[]) => tf.sum(tf.mul(form(inputs, precision), probe));
  return { value: form(inputs, precision), gradients: tf.grads(loss)(inputs) };
}

/** Into 16 bits and out of them again, with the gradient unchanged in value. */
const toHalf = tf.customGrad((x) => ({
  value: cast(x as tf.Tensor, 'f32', 'bf16'),
  gradFunc: (dy: tf.Tensor) => cast(dy, 'bf16', 'f32'),
}));
const toFull = tf.customGrad((x) => ({
  value: cast(x as tf.Tensor, 'bf16', 'f32'),
  gradFunc: (dy: tf.Tensor) => cast(dy, 'f32', 'bf16'),
}));

/** bfloat16 holds 8 bits. */
const HALF_TOLERANCE = 2 ** -6;

/** Holds the fused form to the plain one: 32 bits to 1e-5, 16 bits to what they can hold. */
function compare(
  fused: Form,
  plain: Form,
  inputs: tf.Tensor[],
  halves: readonly number[],
  halfResult = true,
): void {
  tf.tidy(() => {
    const expected = pass(plain, inputs, tf.ones([1]));
    const probe = normal(...expected.value.shape);
    const right = pass(plain, inputs, probe);
    const found = pass(fused, inputs, probe);
    assertClose(found.value, right.value.dataSync(), 1e-5, 'value');
    found.gradients.forEach((gradient, i) => {
      assertCloseInScale(gradient, right.gradients[i].dataSync(), 1e-5, `gradient ${i}`);
    });

    const half: Form = (given) => {
      const cut = given.map((x, i) => (halves.includes(i) ? toHalf(x) : x));
      const value = fused(cut, 'bf16');
      return halfResult ? toFull(value) : value;
    };
    const rough = pass(half, inputs, probe);
    assertCloseInScale(rough.value, right.value.dataSync(), HALF_TOLERANCE, 'value in 16 bits');
    rough.gradients.forEach((gradient, i) => {
      assertCloseInScale(gradient, right.gradients[i].dataSync(), HALF_TOLERANCE, `gradient ${i} in 16 bits`);
    });
  });
}

describe('fused kernels', () => {
  before(async function () {
    await startEngine();
    if (hasKernels()) return;
    console.log('      The fused kernels are not here ("clipbook doctor"): nothing to compare.');
    this.skip();
  });

  // Widths below, at, above and off a vector of sixteen; rows for one thread and, above 32,768 numbers, for all.
  for (const [rows, width] of [
    [1, 5],
    [7, 16],
    [3, 47],
    [300, 130],
  ] as const) {
    // biome-ignore format: a list
    it(`normalise layers of [${rows}, ${width}]`, () => {
      const plain: Form = ([x, gain, bias]) => {
        const { mean, variance } = tf.moments(x, -1, true);
        return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3))), gain), bias);
      };
      const fused: Form = ([x, gain, bias], precision) => layerNorm(x, gain, bias, 1e-3, precision);
      compare(fused, plain, [tf.add(normal(rows, width), 2), normal(width), normal(width)], []);
    });

    const activations: [string, Activation][] = [['gelu', gelu], ['quickGelu', quickGelu], ['geluTanh', geluTanh]]; // biome-ignore format: a list
    for (const [name, activation] of activations) {
      it(`add a bias before ${name} to [${rows}, ${width}]`, () => {
        compare(
          ([x, bias], precision) => biasActivation(x as tf.Tensor2D, bias, activation, precision),
          ([x, bias]) => activation(tf.add(x, bias)),
          [tf.mul(normal(rows, width), 2), normal(width)],
          [0],
        );
      });
    }

    it(`add a bias and the residual stream to [${rows}, ${width}]`, () => {
      compare(
        ([stream, x, bias], precision) => addBias(stream as tf.Tensor2D, x as tf.Tensor2D, bias, precision),
        ([stream, x, bias]) => tf.add(stream, tf.add(x, bias)),
        [normal(rows, width), normal(rows, width), normal(width)],
        [1],
        false,
      );
    });
  }

  // Heads narrower than a vector, and wider; tokens below and above six rows and sixteen columns at a time.
  for (const [batch, tokens, heads, width] of [
    [1, 1, 1, 4],
    [2, 5, 2, 6],
    [3, 17, 2, 32],
    [2, 50, 3, 192],
  ] as const) {
    // biome-ignore format: a list
    for (const masked of [false, true]) {
      const how = masked ? 'under a causal mask' : 'without a mask';
      it(`attend with ${heads} heads ${width / heads} wide over ${tokens} tokens, ${how}`, () => {
        const mask = masked ? causalMask(tokens) : undefined;
        const plain: Form = ([x, bias]) => {
          const samples = tf.reshape(tf.add(x, bias), [batch, tokens, 3 * width]) as tf.Tensor3D;
          return tf.reshape(attendWithin(samples, heads, mask), [batch * tokens, width]);
        };
        const fused: Form = ([x, bias], precision) =>
          fusedAttention(x as tf.Tensor2D, bias, { tokens, heads }, mask, precision);
        compare(fused, plain, [normal(batch * tokens, 3 * width), normal(3 * width)], [0]);
        mask?.dispose();
      });
    }
  }

  for (const masked of [false, true]) {
    it(`attend over samples of different lengths, ${masked ? 'under a causal mask' : 'without a mask'}`, () => {
      const [lengths, heads, width] = [[3, 1, 20, 7], 2, 24];
      const starts = startsOf(lengths);
      const mask = masked ? causalMask(20) : undefined;
      const plain: Form = ([x, bias]) =>
        tf.concat(
          lengths.map((length, i) => {
            const sample = tf.expandDims(tf.add(tf.slice(x, [starts[i]], [length]), bias), 0) as tf.Tensor3D;
            const own = masked ? causalMask(length) : undefined;
            return tf.reshape(attendWithin(sample, heads, own), [length, width]);
          }),
        );
      const packed = tf.tensor1d(starts, 'int32');
      const fused: Form = ([x, bias], precision) =>
        fusedAttention(x as tf.Tensor2D, bias, { tokens: 20, heads, starts: packed }, mask, precision);
      compare(fused, plain, [normal(31, 3 * width), normal(3 * width)], [0]);
      assert.throws(
        () => fused([normal(30, 3 * width), normal(3 * width)], 'f32'),
        /projected, bias and mask must fit together/,
      );
      tf.dispose([packed, mask ?? []]);
    });
  }

  it('gives a token no weight at all that the mask hides', () => {
    tf.tidy(() => {
      const x = normal(4, 24) as tf.Tensor2D;
      const sizes = { tokens: 4, heads: 2 };
      const far = tf.add(x, tf.tensor2d([0, 0, 0, 1000], [4, 1])) as tf.Tensor2D;
      const of = (x: tf.Tensor2D) => fusedAttention(x, tf.zeros([24]), sizes, causalMask(4));
      const first = (x: tf.Tensor2D) => tf.slice(of(x), [0, 0], [3, -1]).dataSync();
      assert.deepEqual(first(far), first(x));
    });
  });

  for (const size of [3, 16, 37, 40_003]) {
    it(`take AdamW's step on ${size} numbers, and add up their squares`, () => {
      tf.tidy(() => {
        const [parameter, gradient, mean] = [normal(size), normal(size), normal(size)];
        const square = tf.square(normal(size));
        const slot = {
          parameter: tf.variable(parameter),
          mean: tf.variable(mean),
          square: tf.variable(square),
        };
        adamWUpdate(slot, gradient, { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, stepSize: 0.01, kept: 0.95 });
        const newMean = tf.add(tf.mul(mean, 0.9), tf.mul(gradient, 0.1));
        const newSquare = tf.add(tf.mul(square, 0.98), tf.mul(tf.square(gradient), 0.02));
        const direction = tf.div(newMean, tf.add(tf.sqrt(newSquare), 1e-6));
        assertClose(slot.mean as tf.Tensor, newMean.dataSync(), 1e-6);
        assertClose(slot.square as tf.Tensor, newSquare.dataSync(), 1e-6);
        const moved = tf.sub(tf.mul(parameter, 0.95), tf.mul(direction, 0.01));
        assertClose(slot.parameter as tf.Tensor, moved.dataSync(), 1e-5);
        const exact = (gradient.dataSync() as Float32Array).reduce((sum, value) => sum + value * value, 0);
        assertClose(sumOfSquares(gradient), [exact], 1e-6);
      });
    });
  }

  it('multiply in 16 bits, gradients included', () => {
    tf.tidy(() => {
      const inputs = [normal(9, 20), normal(12, 20)];
      const probe = normal(9, 12);
      const right = pass(([x, weight]) => tf.matMul(x, weight, false, true), inputs, probe);
      const half: Form = ([x, weight]) => toFull(product(toHalf(x) as tf.Tensor2D, weight, 'bf16'));
      const rough = pass(half, inputs, probe);
      assertCloseInScale(rough.value, right.value.dataSync(), HALF_TOLERANCE);
      rough.gradients.forEach((gradient, i) => {
        assertCloseInScale(gradient, right.gradients[i].dataSync(), HALF_TOLERANCE, `gradient ${i}`);
      });
    });
  });

  it('multiply by parameters that are rounded once, where they are kept, and keep no part of one', () => {
    const kept: HalfWeights = new Map();
    const parameter = tf.variable(normal(12, 20));
    tf.tidy(() => {
      const x = toHalf(normal(9, 20)) as tf.Tensor2D;
      withPrecision('bf16', () => product(x, tf.slice(parameter, [3, 0], [2, 20]), 'bf16'), kept);
      assert.equal(kept.size, 0);
      const weight = parameter as tf.Tensor;
      const anew = toFull(product(x, weight, 'bf16')).dataSync();
      for (let use = 0; use < 2; use++) {
        const found = withPrecision('bf16', () => toFull(product(x, weight, 'bf16')), kept);
        assert.deepEqual(found.dataSync(), anew);
      }
    });
    assert.equal(kept.size, 1);
    for (const half of kept.values()) half.dispose();
    parameter.dispose();
  });

  it('leave nothing in the engine', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const x = normal(6, 24) as tf.Tensor2D;
      tf.grad((x) => tf.sum(fusedAttention(x as tf.Tensor2D, tf.zeros([24]), { tokens: 3, heads: 2 })))(x);
    });
    assert.equal(tf.memory().numTensors, before);
  });

  it('refuse what does not fit together', () => {
    tf.tidy(() => {
      const x = normal(6, 24) as tf.Tensor2D;
      assert.throws(
        () => fusedAttention(x, tf.zeros([23]), { tokens: 3, heads: 2 }),
        /projected, bias and mask must fit together/,
      );
      assert.throws(() => fusedAttention(x, tf.zeros([24]), { tokens: 4, heads: 2 }), /must fit together/);
      assert.throws(() => layerNorm(x, tf.zeros([5]), tf.zeros([24])), /must be as wide as x/);
    });
  });

  it('are asked for by name: 16 bits last as long as the call', () => {
    assert.equal(
      withPrecision('bf16', () => 3),
      3,
    );
    assert.throws(() =>
      withPrecision('bf16', () => {
        throw new Error('inside');
      }),
    );
  });
});
