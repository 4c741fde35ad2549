import * as tf from '@tensorflow/tfjs-core';
import { hasKernels, type Precision, runKernel } from './kernels';
import { release } from './release';

/**
 * Layer normalisation over the last axis (Ba et al. 2016), with its gradient written out.
 *
 * With x̂ = (x − mean)·r, r = 1/√(var + ε) and ŷ = dy·gain:
 * dx = r·(ŷ − mean(ŷ) − x̂·mean(ŷ·x̂)), dgain = Σ dy·x̂, dbias = Σ dy.
 *
 * @param x `[…, width]`
 * @param gain `[width]`
 * @param bias `[width]`
 * @param precision of the result, see `withPrecision`; x is float32
 */
export function layerNorm<T extends tf.Tensor>(
  x: T,
  gain: tf.Tensor,
  bias: tf.Tensor,
  epsilon = 1e-5,
  precision: Precision = 'f32',
): T {
  const normalise = hasKernels() ? fused(epsilon, precision) : plain(epsilon);
  return normalise(x, gain, bias) as T;
}

/** In one pass over each row; nothing but the rows' means and scales is kept beside x. */
function fused(epsilon: number, precision: Precision) {
  return tf.customGrad((...args) => {
    const [x, gain, bias, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const [value, mean, scale] = runKernel('LayerNorm', precision, { epsilon }, [x, gain, bias], 3);
    save([x, gain, mean, scale]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        release(dy, saved, runKernel('LayerNormGradient', precision, {}, [dy, ...saved], 3)),
    };
  });
}

function plain(epsilon: number) {
  return tf.customGrad((...args) => {
    const [x, gain, bias, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const rowAxes = x.shape.slice(0, -1).map((_, axis) => axis);
    const [unit, scale] = tf.tidy(() => {
      const centred = tf.sub(x, tf.mean(x, -1, true));
      const scale = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
      return [tf.mul(centred, scale), scale];
    });
    save([unit, scale, gain]);
    return {
      value: tf.add(tf.mul(unit, gain), bias),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [unit, scale, gain] = saved;
        const dyUnit = tf.mul(dy, unit);
        const dUnit = tf.mul(dy, gain);
        const along = tf.mean(tf.mul(dyUnit, gain), -1, true);
        const dx = tf.mul(tf.sub(tf.sub(dUnit, tf.mean(dUnit, -1, true)), tf.mul(unit, along)), scale);
        return [dx, tf.sum(dyUnit, rowAxes), tf.sum(dy, rowAxes)];
      },
    };
  });
}
