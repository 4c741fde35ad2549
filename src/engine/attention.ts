import * as tf from '@tensorflow/tfjs-core';
import { type Precision, runKernel } from './kernels';
import { release } from './release';

/** What a fused attention is made for. */
export interface AttentionSizes {
  tokens: number;
  heads: number;
}

/**
 * Multi-head self-attention between its two linear layers, in one kernel: head by head in the processor's cache, so that
 * neither scores nor weights are ever in memory (as in FlashAttention, Dao et al. 2022). The plain form is
 * `attendWithin` in `nn/`. To be called where `hasKernels()`.
 *
 * @param projected query, key and value of each token, one behind the other, without their bias, `[batch·tokens, 3·width]` in
 *   the given precision, see `withPrecision`
 * @param bias of query, key and value, `[3·width]`
 * @param mask added to the scores, `[tokens, tokens]`: 0 where attention may go, −∞ where not; without a gradient
 * @returns the heads' weighted means, side by side, `[batch·tokens, width]`, in the same precision
 */
export function fusedAttention(
  projected: tf.Tensor2D,
  bias: tf.Tensor,
  sizes: AttentionSizes,
  mask?: tf.Tensor2D,
  precision: Precision = 'f32',
): tf.Tensor2D {
  const attributes = { ...sizes };
  const fused = tf.customGrad((...args) => {
    const [projected, bias, mask, save] = args as unknown as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.GradSaveFunc,
    ];
    const [value, normalisers] = runKernel('Attention', precision, attributes, [projected, bias, mask], 2);
    save([projected, bias, mask, normalisers]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        release(dy, saved, [
          ...runKernel('AttentionGradient', precision, attributes, [dy, ...saved], 2),
          tf.zerosLike(saved[2]),
        ]),
    };
  });
  return fused(projected, bias, mask ?? tf.zeros([0])) as tf.Tensor2D;
}
