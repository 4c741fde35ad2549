/** A value, usually the learning rate, for each step; the first step is 0. */
export type Schedule = (step: number) => number;

export interface WarmupCosineOptions {
  /** The learning rate at the end of the warm-up. */
  peak: number;
  /** Steps of linear rise; 0 starts at the peak. */
  warmupSteps: number;
  /** Steps of the whole run, the warm-up included. */
  totalSteps: number;
  /** The learning rate that the cosine ends in; 0. */
  floor?: number;
}

/**
 * open_clip's `cosine_lr`: `peak·(step + 1)/warmupSteps` while warming up, then half a cosine from the peak to the
 * floor, where it stays after `totalSteps`.
 */
export function warmupCosine(options: WarmupCosineOptions): Schedule {
  const { peak, warmupSteps, totalSteps, floor = 0 } = options;
  if (!(warmupSteps >= 0 && warmupSteps <= totalSteps)) {
    throw new RangeError(
      `The warm-up takes ${warmupSteps} steps of a run of ${totalSteps}; choose between 0 and all of them.`,
    );
  }
  return (step) => {
    if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
    if (step >= totalSteps) return floor;
    return annealCosine(peak, floor, (step - warmupSteps) / (totalSteps - warmupSteps));
  };
}

/** The peak at every step, after an optional linear warm-up: open_clip's `const_lr`. */
export function constant({ peak, warmupSteps = 0 }: { peak: number; warmupSteps?: number }): Schedule {
  return (step) => (step < warmupSteps ? (peak * (step + 1)) / warmupSteps : peak);
}

export interface OneCycleOptions {
  /** The highest learning rate (`max_lr`). */
  peak: number;
  /** Steps of the whole cycle. */
  totalSteps: number;
  /** Share of the steps in which the learning rate rises (`pct_start`); 0.3. */
  riseShare?: number;
  /** Peak over first learning rate (`div_factor`); 25. */
  startDivisor?: number;
  /** First over last learning rate (`final_div_factor`); 10,000. */
  finalDivisor?: number;
  /** Form of both phases (`anneal_strategy`); `'cosine'`. */
  anneal?: 'cosine' | 'linear';
  /** Momentum (Adam's beta1) at the peak learning rate (`base_momentum`); 0.85. */
  lowMomentum?: number;
  /** Momentum at both ends (`max_momentum`); 0.95. */
  highMomentum?: number;
}

/**
 * PyTorch's `OneCycleLR` with two phases (Smith and Topin 2017): the learning rate rises from `peak/startDivisor` to the
 * peak and falls to `peak/(startDivisor·finalDivisor)`, while the momentum moves the other way. After the last step
 * both stay where they ended.
 */
export function oneCycle(options: OneCycleOptions): { learningRate: Schedule; momentum: Schedule } {
  const { peak, totalSteps, riseShare = 0.3, startDivisor = 25, finalDivisor = 1e4 } = options;
  const { anneal = 'cosine', lowMomentum = 0.85, highMomentum = 0.95 } = options;
  if (!(totalSteps > 0))
    throw new RangeError(`A one-cycle schedule needs at least 1 step, not ${totalSteps}.`);
  if (!(riseShare >= 0 && riseShare <= 1)) {
    throw new RangeError(
      `The rising share of a one-cycle schedule lies between 0 and 1, not at ${riseShare}.`,
    );
  }
  const between = anneal === 'cosine' ? annealCosine : annealLinear;
  const last = totalSteps - 1;
  const turn = riseShare * totalSteps - 1;

  const cycle =
    (start: number, middle: number, end: number): Schedule =>
    (step) => {
      if (step <= turn) return between(start, middle, turn > 0 ? step / turn : 1);
      return between(middle, end, last > turn ? Math.min((step - turn) / (last - turn), 1) : 1);
    };
  const first = peak / startDivisor;
  return {
    learningRate: cycle(first, peak, first / finalDivisor),
    momentum: cycle(highMomentum, lowMomentum, highMomentum),
  };
}

/** Half a cosine from `start` (share 0) to `end` (share 1). */
function annealCosine(start: number, end: number, share: number): number {
  return end + (start - end) * 0.5 * (1 + Math.cos(Math.PI * share));
}

function annealLinear(start: number, end: number, share: number): number {
  return start + (end - start) * share;
}
