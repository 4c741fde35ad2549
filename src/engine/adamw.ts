import * as tf from '@tensorflow/tfjs-core';
import { hasKernels, runKernel } from './kernels';

/** One step's numbers, the same for all parameters. */
export interface AdamWNumbers {
  beta1: number;
  beta2: number;
  epsilon: number;
  stepSize: number;
  /** What is left of a parameter that decays. */
  kept: number;
}

/** A parameter with the running means of its gradient and its squared gradient, all of one shape. */
export interface AdamWSlot {
  parameter: tf.Variable;
  mean: tf.Variable;
  square: tf.Variable;
}

/**
 * Adam's update with decoupled weight decay (Loshchilov and Hutter 2019), in place:
 * m ← β₁m + (1 − β₁)g, s ← β₂s + (1 − β₂)g², p ← kept·p − stepSize·m/(√s + ε).
 */
export function adamWUpdate(
  { parameter, mean, square }: AdamWSlot,
  gradient: tf.Tensor,
  numbers: AdamWNumbers,
): void {
  const { beta1, beta2, epsilon, stepSize, kept } = numbers;
  tf.tidy(() => {
    if (hasKernels()) {
      const all = tf.tensor1d([beta1, 1 - beta1, beta2, 1 - beta2, epsilon, stepSize, kept]);
      const inputs = [parameter, gradient, mean, square, all] as tf.Tensor[];
      const results = runKernel('AdamW', 'f32', {}, inputs, 3);
      [parameter, mean, square].forEach((variable, i) => {
        variable.assign(results[i]);
      });
      return;
    }
    mean.assign(average(mean, gradient, beta1));
    square.assign(average(square, tf.square(gradient), beta2));
    const direction = tf.div(mean, tf.add(tf.sqrt(square), epsilon));
    parameter.assign(tf.sub(tf.mul(parameter, kept), tf.mul(direction, stepSize)));
  });
}

/** `rate·old + (1 − rate)·value` */
function average(old: tf.Tensor, value: tf.Tensor, rate: number): tf.Tensor {
  return tf.add(tf.mul(old, rate), tf.mul(value, 1 - rate));
}

/** Σ x² over all axes, a scalar. */
export function sumOfSquares(x: tf.Tensor): tf.Scalar {
  if (!hasKernels()) return tf.sum(tf.square(x));
  return runKernel('SumOfSquares', 'f32', {}, [x], 1)[0] as tf.Scalar;
}
