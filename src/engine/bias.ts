import * as tf from '@tensorflow/tfjs-core';
import { type Activation, gelu, geluTanh, quickGelu } from './gelu';
import { hasKernels, type Precision, runKernel } from './kernels';
import { release } from './release';

/** The activations that `native/bias.cpp` knows, by their numbers there. */
const ACTIVATIONS: readonly Activation[] = [gelu, quickGelu, geluTanh];

/**
 * activation(x + bias). Fused, it keeps x alone for the gradient, which computes the activation's slope anew.
 *
 * @param x `[rows, width]` in the given precision, see `withPrecision`
 * @param bias `[width]`
 * @returns in the same precision
 */
export function biasActivation(
  x: tf.Tensor2D,
  bias: tf.Tensor,
  activation: Activation,
  precision: Precision = 'f32',
): tf.Tensor2D {
  const number = ACTIVATIONS.indexOf(activation);
  if (number < 0 || !hasKernels()) return activation(tf.add(x, bias)) as tf.Tensor2D;
  const attributes = { activation: number };
  const fused = tf.customGrad((...args) => {
    const [x, bias, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    save([x, bias]);
    const [value] = runKernel('BiasActivation', precision, attributes, [x, bias], 1);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        release(dy, saved, runKernel('BiasActivationGradient', precision, attributes, [dy, ...saved], 2)),
    };
  });
  return fused(x, bias) as tf.Tensor2D;
}

/**
 * stream + x + bias: what a layer adds to the residual stream.
 *
 * @param stream `[rows, width]`, float32 as the result
 * @param x like it, in the given precision
 * @param bias `[width]`
 */
export function addBias(
  stream: tf.Tensor2D,
  x: tf.Tensor2D,
  bias: tf.Tensor,
  precision: Precision = 'f32',
): tf.Tensor2D {
  if (!hasKernels()) return tf.add(stream, tf.add(x, bias));
  const fused = tf.customGrad((...args) => {
    const [stream, x, bias] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor];
    const [value] = runKernel('AddBias', precision, {}, [stream, x, bias], 1);
    return {
      value,
      gradFunc: (dy: tf.Tensor) => {
        const [half, dBias] = runKernel('AddBiasGradient', precision, {}, [dy], 2);
        return release(dy, [], [dy.clone(), precision === 'f32' ? dy.clone() : half, dBias]);
      },
    };
  });
  return fused(stream, x, bias) as tf.Tensor2D;
}
