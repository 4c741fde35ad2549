import * as tf from '@tensorflow/tfjs-core';
import { batchNormLayer, initialiseBatchNorm, runningAffine } from './batchNorm';
import type { Initialiser } from './initialise';
import type { Scope } from './parameters';

/**
 * A convolution without bias and the batch normalisation behind it; pictures keep their size but for the stride.
 *
 * In evaluation the normalisation is folded into the kernel, so that one kernel of the engine does all of it: the same
 * numbers but for rounding.
 *
 * @param x `[batch, height, width, channels]`
 * @param names of the convolution (PyTorch's layout, `[out, in, side, side]` with side 1 or 3) and of the normalisation
 * @returns `[batch, height / stride, width / stride, out]`
 */
export function convolutionNorm(
  x: tf.Tensor4D,
  scope: Scope,
  [convolution, norm]: readonly [string, string],
  { stride = 1, relu = true, training = false },
): tf.Tensor4D {
  const kernel = tf.transpose(scope(`${convolution}.weight`), [2, 3, 1, 0]) as tf.Tensor4D;
  const [padded, pad] = padFor(x, kernel.shape[0], stride);
  if (training) {
    const normed = batchNormLayer(tf.conv2d(padded, kernel, stride, pad), scope, norm, true);
    return relu ? tf.relu(normed) : normed;
  }
  const { gain, shift } = runningAffine(scope.at(norm));
  return tf.fused.conv2d({
    x: padded,
    filter: tf.mul(kernel, gain) as tf.Tensor4D,
    strides: stride,
    pad,
    bias: shift,
    activation: relu ? 'relu' : 'linear',
  });
}

/** PyTorch pads alike on all sides; TensorFlow's `same`, with a stride, does not. */
function padFor(x: tf.Tensor4D, side: number, stride: number): [tf.Tensor4D, 'same' | 'valid'] {
  if (stride === 1) return [x, 'same'];
  const around: [number, number] = [(side - 1) / 2, (side - 1) / 2];
  return [tf.pad(x, [[0, 0], around, around, [0, 0]]), 'valid'];
}

/** Means of square cells of pixels; what is left of a picture at its right and lower edge is cut off. */
export function averagePool(x: tf.Tensor4D, side: number): tf.Tensor4D {
  return side === 1 ? x : tf.avgPool(x, side, side, 'valid');
}

/** Draws a convolution as PyTorch does by default, and its normalisation. */
export function initialiseConvolutionNorm(
  init: Initialiser,
  [convolution, norm]: readonly [string, string],
  [fanOut, fanIn, side]: readonly [number, number, number],
  normWeight = 1,
): void {
  init.uniform(`${convolution}.weight`, [fanOut, fanIn, side, side], 1 / Math.sqrt(fanIn * side * side));
  initialiseBatchNorm(init, norm, fanOut, normWeight);
}
