import * as tf from '@tensorflow/tfjs-core';
import { cast, halfProduct, hasKernels, type Precision } from './kernels';
import { release } from './release';

/** Weights in 16 bits by their originals, for whoever multiplies by the same ones again and again. */
export type HalfWeights = Map<tf.Tensor, tf.Tensor>;

interface Setting {
  precision: Precision;
  kept?: HalfWeights;
}

let current: Setting = { precision: 'f32' };

/**
 * Runs `compute` with the matrix products of its transformers in the given precision. `bf16` is PyTorch's autocast to
 * bfloat16 in effect: linear layers multiply and hand on 16 bits and sum up in 32, and weights, the residual stream,
 * normalisation, softmax and losses stay in 32.
 *
 * @param kept gets the weights in 16 bits and is looked in first, for weights that stay as they are and want no gradient; the
 *   caller disposes its tensors
 * @throws for `bf16` where clipbook's kernels are not, see `hasKernels`
 */
export function withPrecision<Result>(
  precision: Precision,
  compute: () => Result,
  kept?: HalfWeights,
): Result {
  if (precision === 'bf16' && !hasKernels()) {
    throw new Error(
      'Expected clipbook’s kernels for bf16, but they do not run here ("clipbook doctor" says why); use f32.',
    );
  }
  const before = current;
  current = { precision, kept };
  try {
    return compute();
  } finally {
    current = before;
  }
}

/** What `withPrecision` says of the code that runs now. */
export function currentPrecision(): Precision {
  return current.precision;
}

/**
 * x·Wᵀ, with PyTorch's layout of the weight.
 *
 * @param x `[rows, in]`, in the given precision
 * @param weight `[out, in]`, float32; a parameter, or a part of one, which is never kept
 * @returns `[rows, out]`, in the given precision
 */
export function product(x: tf.Tensor2D, weight: tf.Tensor, precision: Precision = 'f32'): tf.Tensor2D {
  if (precision === 'bf16' && current.kept && weight instanceof tf.Variable) {
    return halfProduct(x, keptHalf(weight, current.kept), false, true) as tf.Tensor2D;
  }
  const multiply = tf.customGrad((...args) => {
    const [x, weight, save] = args as unknown as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
    const factor = precision === 'bf16' ? cast(weight, 'f32', 'bf16') : weight;
    save([x, factor]);
    return {
      value: matrixProduct(x, factor, false, true, precision),
      gradFunc: (dy: tf.Tensor, [x, factor]: tf.Tensor[]) => {
        const dx = matrixProduct(dy, factor, false, false, precision);
        const dWeight = matrixProduct(dy, x, true, false, precision);
        if (precision === 'f32') return release(dy, [x, factor], [dx, dWeight]);
        const full = cast(dWeight, 'bf16', 'f32');
        dWeight.dispose();
        return release(dy, [x, factor], [dx, full]);
      },
    };
  });
  return multiply(x, weight) as tf.Tensor2D;
}

/** What is computed in the given precision, in 32 bits: for what has no kernels for 16. */
export function inFull<T extends tf.Tensor>(x: T, precision: Precision = 'f32'): T {
  if (precision === 'f32') return x;
  const widen = tf.customGrad((...args) => {
    const [x] = args as unknown as [tf.Tensor];
    return {
      value: cast(x, 'bf16', 'f32'),
      gradFunc: (dy: tf.Tensor) => release(dy, [], [cast(dy, 'f32', 'bf16')]),
    };
  });
  return widen(x) as T;
}

function matrixProduct(
  a: tf.Tensor,
  b: tf.Tensor,
  transposeA: boolean,
  transposeB: boolean,
  precision: Precision,
): tf.Tensor {
  if (precision === 'bf16') return halfProduct(a, b, transposeA, transposeB);
  return tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, transposeA, transposeB);
}

function keptHalf(weight: tf.Tensor, kept: HalfWeights): tf.Tensor {
  const known = kept.get(weight);
  if (known) return known;
  const half = tf.keep(cast(weight, 'f32', 'bf16'));
  kept.set(weight, half);
  return half;
}
