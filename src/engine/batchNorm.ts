import * as tf from '@tensorflow/tfjs-core';

/**
 * The mean of each channel, axis by axis: one sum over tens of thousands of numbers would round away its last digits.
 * `[…, channels]` → `[channels]`
 */
function channelMeans(x: tf.Tensor): tf.Tensor {
  return x.rank < 2 ? x : channelMeans(tf.mean(x, x.rank - 2));
}

/** Mean and biased variance of each channel. `[…, channels]` → `[channels]` each */
export function channelMoments(x: tf.Tensor): { mean: tf.Tensor; variance: tf.Tensor } {
  const mean = channelMeans(x);
  return { mean, variance: channelMeans(tf.square(tf.sub(x, mean))) };
}

/**
 * Normalisation of each channel by the moments of the batch (Ioffe and Szegedy 2015), with its gradient written out: through
 * the moments by autodiff it would be less exact and keep more tensors alive.
 *
 * With x̂ = (x − mean)·r, r = 1/√(variance + ε), and means over all axes but the last:
 * dx = gain·r·(dy − mean(dy) − x̂·mean(dy·x̂)), dgain = Σ dy·x̂, dbias = Σ dy.
 *
 * @param x `[…, channels]`
 * @param gain `[channels]`
 * @param bias `[channels]`
 * @param moments of `x` itself, the variance biased; `[channels]` each
 */
export function normaliseBatch<T extends tf.Tensor>(
  x: T,
  gain: tf.Tensor,
  bias: tf.Tensor,
  { mean, variance }: { mean: tf.Tensor; variance: tf.Tensor },
  epsilon: number,
): T {
  const rows = x.size / x.shape[x.rank - 1];
  const normalise = tf.customGrad((...args) => {
    const [x, gain, bias, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const scale = tf.rsqrt(tf.add(variance, epsilon));
    const unit = tf.mul(tf.sub(x, mean), scale);
    save([unit, scale, gain]);
    return {
      value: tf.add(tf.mul(unit, gain), bias),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [unit, scale, gain] = saved;
        const [meanDy, meanAlong] = [channelMeans(dy), channelMeans(tf.mul(dy, unit))];
        const alongMoments = tf.add(tf.mul(unit, meanAlong), meanDy);
        const dx = tf.mul(tf.sub(dy, alongMoments), tf.mul(gain, scale));
        return [dx, tf.mul(meanAlong, rows), tf.mul(meanDy, rows)];
      },
    };
  });
  return normalise(x, gain, bias) as T;
}
