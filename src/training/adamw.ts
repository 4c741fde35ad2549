import * as tf from '@tensorflow/tfjs-core';
import { type AdamWSlot, adamWUpdate } from '../engine';
import { restoreVariables, type SavedTensor, sameShape } from '../nn';

/** All defaults are open_clip's for vision transformers; PyTorch's are beta2 0.999, epsilon 1e-8, decay 0.01. */
export interface AdamWOptions {
  /** Decay rate of the first moment; 0.9. */
  beta1?: number;
  /** Decay rate of the second moment; 0.98. */
  beta2?: number;
  /** Added to the root of the second moment; 1e-6. */
  epsilon?: number;
  /** Share of a decayed parameter that a step takes away, in units of the learning rate; 0.2. */
  weightDecay?: number;
  /** Which parameters decay; `decaysInOpenClip` unless told otherwise. */
  decays?: (name: string, shape: readonly number[]) => boolean;
}

export interface AdamW {
  /**
   * One update of every parameter. The gradients stay the caller's to dispose.
   * @param beta1 Overrides the option for this step: one-cycle schedules move it along with the learning rate.
   * @throws If a parameter has no gradient, or one of another shape.
   */
  step(gradients: ReadonlyMap<string, tf.Tensor>, learningRate: number, beta1?: number): void;
  /** The running moments, `exp_avg.<name>` and `exp_avg_sq.<name>`. They are the live ones: read, never dispose. */
  state(): Map<string, tf.Tensor>;
  /**
   * Sets the moments to saved ones, which stay the caller's.
   * @throws If a moment is missing, has another shape, or belongs to no parameter.
   */
  loadState(saved: ReadonlyMap<string, SavedTensor>, stepCount: number): void;
  /** Steps taken so far; the bias correction depends on it. */
  readonly stepCount: number;
  /** Frees the moments. */
  dispose(): void;
}

interface Slot extends AdamWSlot {
  name: string;
  decays: boolean;
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), equal to `torch.optim.AdamW`: first
 * `p ← p·(1 − learningRate·weightDecay)`, then Adam's bias-corrected update with epsilon outside the root.
 */
export function createAdamW(parameters: ReadonlyMap<string, tf.Variable>, options: AdamWOptions = {}): AdamW {
  const {
    beta1: defaultBeta1 = 0.9,
    beta2 = 0.98,
    epsilon = 1e-6,
    weightDecay = 0.2,
    decays = decaysInOpenClip,
  } = options;
  const slots: Slot[] = [...parameters].map(([name, parameter]) => ({
    name,
    parameter,
    mean: createMoment(parameter.shape),
    square: createMoment(parameter.shape),
    decays: weightDecay > 0 && decays(name, parameter.shape),
  }));
  let stepCount = 0;

  function step(gradients: ReadonlyMap<string, tf.Tensor>, learningRate: number, beta1 = defaultBeta1): void {
    for (const slot of slots) checkGradient(slot, gradients.get(slot.name));
    stepCount++;
    // The root of the second moment's bias correction moves into epsilon and the step size: one operation fewer.
    const correction = Math.sqrt(1 - beta2 ** stepCount);
    const stepSize = (learningRate * correction) / (1 - beta1 ** stepCount);
    const numbers = { beta1, beta2, epsilon: epsilon * correction, stepSize };
    for (const slot of slots) {
      const kept = slot.decays ? 1 - learningRate * weightDecay : 1;
      adamWUpdate(slot, gradients.get(slot.name)!, { ...numbers, kept });
    }
  }

  function state(): Map<string, tf.Variable> {
    return new Map([
      ...slots.map((slot) => [`exp_avg.${slot.name}`, slot.mean] as const),
      ...slots.map((slot) => [`exp_avg_sq.${slot.name}`, slot.square] as const),
    ]);
  }

  return {
    step,
    state,
    loadState(saved, savedStepCount) {
      restoreVariables(state(), saved, 'optimizer state');
      stepCount = savedStepCount;
    },
    get stepCount() {
      return stepCount;
    },
    dispose() {
      for (const slot of slots) tf.dispose([slot.mean, slot.square]);
    },
  };
}

/**
 * open_clip's rule: vectors and scalars do not decay, nor does anything whose name says norm, bias or logit scale
 * (`exclude` in its `training/main.py`).
 */
export function decaysInOpenClip(name: string, shape: readonly number[]): boolean {
  return shape.length >= 2 && !['bn', 'ln', 'bias', 'logit_scale'].some((part) => name.includes(part));
}

function createMoment(shape: number[]): tf.Variable {
  // `tf.zeros` would make the numbers here and hand them over, and they would stay until they are collected.
  return tf.tidy(() => tf.variable(tf.fill(shape, 0), false));
}

function checkGradient({ name, parameter }: Slot, gradient: tf.Tensor | undefined): void {
  if (!gradient) throw missingGradient(name);
  if (!sameShape(gradient.shape, parameter.shape)) {
    throw new Error(
      `The gradient of "${name}" has shape [${gradient.shape}] where the parameter has [${parameter.shape}]; ` +
        'pass the gradient of this very parameter.',
    );
  }
}

/** For a parameter that the loss turned out not to depend on. */
export function missingGradient(name: string): Error {
  return new Error(
    `Parameter "${name}" has no gradient: the loss must depend on every parameter given to the optimizer; ` +
      'leave unused parameters out of its map.',
  );
}
