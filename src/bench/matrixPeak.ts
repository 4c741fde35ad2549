import * as tf from '@tensorflow/tfjs-core';
import type { Precision } from '../engine';
import { cast, halfProduct } from '../engine/kernels';
import { cpuMsSince } from '../engine/trace';

const SIDE = 2048;
const ROUNDS = 5;

/**
 * The most that matrix products do here: of some of 2,048 by 2,048, the fastest. Those of bf16 take and give 16 bits.
 *
 * @returns floating-point operations in a second of processor time, all threads together
 */
export function matrixPeak(precision: Precision, side = SIDE): number {
  return tf.tidy(() => {
    const [a, b] = [1, 2].map((seed) => {
      const matrix = tf.randomNormal([side, side], 0, 1, 'float32', seed) as tf.Tensor2D;
      return precision === 'bf16' ? cast(matrix, 'f32', 'bf16') : matrix;
    });
    const multiply = () =>
      precision === 'bf16' ? halfProduct(a, b, false, true) : tf.matMul(a, b, false, true);
    const times = Array.from({ length: ROUNDS }, () => {
      const before = process.cpuUsage();
      multiply().dispose();
      return cpuMsSince(before);
    });
    return (2 * side ** 3) / (Math.min(...times) / 1000);
  });
}
