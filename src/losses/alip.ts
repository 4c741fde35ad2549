import type * as tf from '@tensorflow/tfjs-core';
import type { GateWeights } from './alipGates';
import { type AlipVariant, normalise, weigh } from './alipPaths';
import { pairLosses } from './clip';

export type { AlipVariant } from './alipPaths';

/**
 * ALIP's adaptive contrastive loss over both paths (Yang et al. 2023, Eq. 5 and 6). In the official normalisation:
 * L = mean(W_s·W_t·CE_xt) + mean(W_s·W_c·CE_xc), with CE the mean of a pair's two cross-entropies.
 *
 * @param images unit rows, `[batch, embedDim]`; likewise `texts` (raw) and `captions` (synthetic)
 * @param scale what cosines are multiplied by, a scalar
 * @param weights null for the ungated bi-path loss
 * @returns a scalar
 */
export function alipLoss(
  images: tf.Tensor2D,
  texts: tf.Tensor2D,
  captions: tf.Tensor2D,
  scale: tf.Scalar,
  weights: GateWeights | null,
  { variant = 'official' }: { variant?: AlipVariant } = {},
): tf.Scalar {
  const textLosses = pairLosses(images, texts, scale);
  const captionLosses = pairLosses(images, captions, scale);
  return normalise(weigh(textLosses, captionLosses, weights), variant, images.shape[0]);
}
