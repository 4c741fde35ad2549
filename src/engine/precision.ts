import * as tf from '@tensorflow/tfjs-core';
import { cast, halfProduct, hasKernels, type Precision } from './kernels';

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
 * @param weight `[out, in]`, float32
 * @returns `[rows, out]`, in the given precision
 */
export function product(x: tf.Tensor2D, weight: tf.Tensor, precision: Precision = 'f32'): tf.Tensor2D {
  if (precision === 'f32') return tf.matMul(x, weight as tf.Tensor2D, false, true);
  if (current.kept) return halfProduct(x, keptHalf(weight, current.kept), false, true) as tf.Tensor2D;
  const half = tf.customGrad((...args) => {
    const [x, weight, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const rounded = cast(weight, 'f32', 'bf16');
    save([x, rounded]);
    return {
      value: halfProduct(x, rounded, false, true),
      gradFunc: (dy: tf.Tensor, [x, rounded]: tf.Tensor[]) => [
        halfProduct(dy, rounded, false, false),
        tf.tidy(() => cast(halfProduct(dy, x, true, false), 'bf16', 'f32')),
      ],
    };
  });
  return half(x, weight) as tf.Tensor2D;
}

function keptHalf(weight: tf.Tensor, kept: HalfWeights): tf.Tensor {
  const known = kept.get(weight);
  if (known) return known;
  const half = tf.keep(cast(weight, 'f32', 'bf16'));
  kept.set(weight, half);
  return half;
}
