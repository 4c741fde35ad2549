import * as tf from '@tensorflow/tfjs-core';
import { type Precision, runKernel } from './kernels';
import { release } from './release';

/** What a fused attention is made for. */
export interface AttentionSizes {
  /** Of every sample, or of the longest. */
  tokens: number;
  heads: number;
  /**
   * Where samples differ in length: each one's first row, and the number of all rows behind them, `[batch + 1]`, int32. Fused
   * attention only.
   */
  starts?: tf.Tensor1D;
}

/**
 * Multi-head self-attention between its two linear layers, in one kernel: head by head in the processor's cache, so that
 * neither scores nor weights are ever in memory (as in FlashAttention, Dao et al. 2022). The plain form is
 * `attendWithin` in `nn/`. To be called where `hasKernels()`.
 *
 * @param projected query, key and value of each token, one behind the other, without their bias, `[rows, 3·width]` in the
 *   given precision, see `withPrecision`
 * @param bias of query, key and value, `[3·width]`
 * @param mask added to the scores, `[tokens, tokens]`: 0 where attention may go, −∞ where not; without a gradient
 * @returns the heads' weighted means, side by side, `[rows, width]`, in the same precision
 */
export function fusedAttention(
  projected: tf.Tensor2D,
  bias: tf.Tensor,
  { tokens, heads, starts }: AttentionSizes,
  mask?: tf.Tensor2D,
  precision: Precision = 'f32',
): tf.Tensor2D {
  const attributes = { tokens, heads };
  const fused = tf.customGrad((...args) => {
    const inputs = args.slice(0, 4) as tf.Tensor[];
    const save = args[4] as tf.GradSaveFunc;
    const [value, normalisers] = runKernel('Attention', precision, attributes, inputs, 2);
    save([...inputs, normalisers]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        release(dy, saved, [
          ...runKernel('AttentionGradient', precision, attributes, [dy, ...saved], 2),
          ...[saved[2], saved[3]].map((constant) => tf.zerosLike(constant)),
        ]),
    };
  });
  const uniform = tf.tensor1d([], 'int32');
  return fused(projected, bias, mask ?? tf.zeros([0]), starts ?? uniform) as tf.Tensor2D;
}
