import * as tf from '@tensorflow/tfjs-core';
import { sumOfSquares } from '../engine';
import { missingGradient } from './adamw';

export interface ClippedGradients {
  /** The gradients to use, and to dispose, from here on. */
  gradients: Map<string, tf.Tensor>;
  /** The norm before clipping. */
  norm: number;
}

/**
 * Scales all gradients together so that their joint L2 norm is at most `maxNorm`: PyTorch's `clip_grad_norm_`, whose
 * coefficient `maxNorm / (norm + 1e-6)` is used only where it is below 1.
 *
 * Takes the gradients over: scaled ones replace them and the originals are disposed; unscaled ones are handed back as
 * they are. A norm that is not finite leaves them unscaled too, for the caller to see and stop. Only the norm, one
 * number, is downloaded from the device.
 */
export function clipByGlobalNorm(
  gradients: ReadonlyMap<string, tf.Tensor>,
  maxNorm: number,
): ClippedGradients {
  if (!(maxNorm > 0)) throw new RangeError(`Gradient clipping needs a norm above 0, not ${maxNorm}.`);
  const norm = globalNorm(gradients);
  const coefficient = maxNorm / (norm + 1e-6);
  if (!Number.isFinite(norm) || coefficient >= 1) return { gradients: new Map(gradients), norm };
  const clipped = new Map<string, tf.Tensor>();
  for (const [name, gradient] of gradients) {
    clipped.set(name, tf.mul(gradient, coefficient));
    gradient.dispose();
  }
  return { gradients: clipped, norm };
}

/**
 * The L2 norm of all gradients taken as one vector; 0 for none. One download.
 * @throws If a parameter has no gradient.
 */
export function globalNorm(gradients: ReadonlyMap<string, tf.Tensor>): number {
  if (gradients.size === 0) return 0;
  return tf.tidy(() => {
    const squares = [...gradients].map(([name, gradient]) => {
      if (!gradient) throw missingGradient(name);
      return sumOfSquares(gradient);
    });
    return tf.sqrt(tf.addN(squares)).dataSync()[0];
  });
}
