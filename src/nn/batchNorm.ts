import * as tf from '@tensorflow/tfjs-core';
import { channelMoments, currentRanks, meanOverRanks, normaliseBatch, withoutGradient } from '../engine';
import type { Initialiser } from './initialise';
import type { Scope } from './parameters';

const MOMENTUM = 0.1;
const EPSILON = 1e-5;

/** Mean and (biased) variance of each channel. */
export interface BatchMoments {
  mean: tf.Tensor;
  variance: tf.Tensor;
}

/**
 * The batch normalisation `name` of a scope, PyTorch's `BatchNorm1d` and `BatchNorm2d`: in training by the batch's own
 * moments, which also move the running ones; else by the running ones. Under `withRanks` the batch is that of all ranks.
 *
 * @param x channels on the last axis: `[batch, channels]` or `[batch, height, width, channels]`
 * @throws RangeError in training on a single row, whose variance says nothing
 */
export function batchNormLayer<T extends tf.Tensor>(x: T, scope: Scope, name: string, training: boolean): T {
  const norm = scope.at(name);
  if (!training) return batchNorm(x, runningMoments(norm), norm);
  const ranks = currentRanks();
  const rows = ((ranks?.size ?? 1) * x.size) / x.shape[x.rank - 1];
  if (rows < 2) {
    throw new RangeError(
      `Expected at least 2 rows for the batch norm "${scope.prefix}${name}" in training, got ${rows}; take a larger batch.`,
    );
  }
  const axes = x.shape.map((_, axis) => axis).slice(0, -1);
  const moments = ranks ? batchMoments(x, axes) : channelMoments(x);
  moveRunningMoments(norm, moments, rows);
  if (ranks) return batchNorm(x, moments, norm);
  return normaliseBatch(x, norm('weight'), norm('bias'), moments, EPSILON);
}

/**
 * Mean and (biased) variance over some axes; under `withRanks` those of the rows of all ranks, of which each has as many
 * (PyTorch's `SyncBatchNorm`).
 *
 * @param keepDims leaves the axes in, of length 1
 */
export function batchMoments(x: tf.Tensor, axes: number[], keepDims = false): BatchMoments {
  const ranks = currentRanks();
  if (!ranks) return tf.moments(x, axes, keepDims);
  const mean = meanOverRanks(tf.mean(x, axes, true), ranks);
  const variance = meanOverRanks(tf.mean(tf.square(tf.sub(x, mean)), axes, true), ranks);
  return keepDims
    ? { mean, variance }
    : { mean: tf.squeeze(mean, axes), variance: tf.squeeze(variance, axes) };
}

/** (x − mean) / √(variance + ε) · weight + bias, with channels on the last axis. */
export function batchNorm<T extends tf.Tensor>(x: T, { mean, variance }: BatchMoments, norm: Scope): T {
  const unit = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, EPSILON)));
  return tf.add(tf.mul(unit, norm('weight')), norm('bias')) as T;
}

/** What evaluation does to each channel: x · gain + shift. `[channels]` each */
export function runningAffine(norm: Scope): { gain: tf.Tensor1D; shift: tf.Tensor1D } {
  const { mean, variance } = runningMoments(norm);
  const gain = tf.mul(norm('weight'), tf.rsqrt(tf.add(variance, EPSILON))) as tf.Tensor1D;
  return { gain, shift: tf.sub(norm('bias'), tf.mul(mean, gain)) as tf.Tensor1D };
}

/** What evaluation normalises by. `[channels]` each */
export function runningMoments(norm: Scope): BatchMoments {
  return { mean: norm('running_mean'), variance: norm('running_var') };
}

/**
 * PyTorch's update of the running moments, outside any gradient: a tenth of the way to the batch's, with the variance
 * made unbiased.
 *
 * @param moments of the batch, `[channels]` each
 * @param count over how many numbers of a channel they were taken
 */
export function moveRunningMoments(norm: Scope, { mean, variance }: BatchMoments, count: number): void {
  const move = (running: tf.Variable, value: tf.Tensor) =>
    running.assign(tf.add(tf.mul(running, 1 - MOMENTUM), tf.mul(value, MOMENTUM)));
  withoutGradient(() =>
    tf.tidy(() => {
      move(norm('running_mean'), mean);
      move(norm('running_var'), tf.mul(variance, count / Math.max(1, count - 1)));
    }),
  );
}

/**
 * Adds the parameters of a batch normalisation, which begins as if all channels had mean 0 and variance 1.
 *
 * @param weight where its factors begin; 0 makes a residual block begin as the identity
 */
export function initialiseBatchNorm(init: Initialiser, name: string, channels: number, weight = 1): void {
  init.constant(`${name}.weight`, [channels], weight);
  init.constant(`${name}.bias`, [channels], 0);
  init.constant(`${name}.running_mean`, [channels], 0, false);
  init.constant(`${name}.running_var`, [channels], 1, false);
}
