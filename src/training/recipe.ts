import type { Precision } from '../engine';
import { oneCycle, type Schedule, warmupCosine } from './schedules';

/** What defines a run besides its model, objective and data. */
export interface Recipe {
  steps: number;
  batchSize: number;
  /** Peak of the schedule. */
  learningRate: number;
  /** Steps in which the learning rate rises; a one-cycle schedule also takes a fraction, as ALIP's tenth of all steps. */
  warmupSteps: number;
  /**
   * `cosine`: linear warm-up, then half a cosine to zero, as in CLIP and open_clip; the default. `oneCycle`: PyTorch's
   * `OneCycleLR`, half a cosine up from a 25th of the peak and half a cosine down to a 250,000th, as in the official
   * ALIP code.
   */
  schedule?: 'cosine' | 'oneCycle';
  /**
   * In a one-cycle schedule, AdamW's beta1 goes from 0.95 down to 0.85 at the peak and back. Default true, as PyTorch
   * does unless told otherwise: so the official ALIP code never uses the beta1 of 0.9 that it and the paper name.
   */
  cycleMomentum?: boolean;
  /** AdamW's, decoupled. */
  weightDecay: number;
  /**
   * Which parameters decay. `matrices`: all but gains, biases and the logit scale, as in CLIP and open_clip; the default.
   * `all`, as in the official ALIP code.
   */
  decayed?: 'matrices' | 'all';
  /** AdamW's; default 0.9. Not used where a one-cycle schedule moves it. */
  beta1?: number;
  /** AdamW's; default 0.98. */
  beta2?: number;
  /** AdamW's; default 1e-6. The official ALIP code has PyTorch's 1e-8. */
  epsilon?: number;
  /** Largest global norm of the gradients; absent: no clipping. */
  clipNorm?: number;
  /** Compute the towers' blocks a second time for the gradient: less memory, a third more time. Default false. */
  recompute?: boolean;
  /** Of the transformers' matrix products, see `withPrecision`; default `f32`. */
  precision?: Precision;
  /**
   * Pairs whose activations are in memory at a time, see `cachedGradients`: the same loss and gradients for a third more
   * time, whatever the batch. Absent: the whole batch. Not with batch norm in a tower, as in DALIP's published heads.
   * What dropout draws depends on the chunks.
   */
  chunk?: number;
  /** Fixes what a step draws (dropout); the data's order and the model's start have seeds of their own. */
  seed: number;
}

/** The learning rate of each step, and beta1 where the schedule moves it. */
export function scheduleOf(recipe: Recipe): { learningRate: Schedule; momentum?: Schedule } {
  const { learningRate: peak, warmupSteps, steps: totalSteps, cycleMomentum = true } = recipe;
  if (recipe.schedule !== 'oneCycle')
    return { learningRate: warmupCosine({ peak, warmupSteps, totalSteps }) };
  const { learningRate, momentum } = oneCycle({ peak, totalSteps, riseShare: warmupSteps / totalSteps });
  return { learningRate, ...(cycleMomentum && { momentum }) };
}
