import { CORRUPTIONS, type CorruptionName } from '../data/corruptions';
import { mean } from './statistics';

/**
 * AlexNet's top-1 errors on ImageNet-C, the mean over severities: the published baseline (Hendrycks and Dietterich 2019; in
 * these digits in AugMix's evaluation). Only errors on ImageNet's own classes and pictures may be compared with them.
 */
export const ALEXNET_ERRORS: Readonly<Record<CorruptionName, number>> = {
  gaussian_noise: 0.886428,
  shot_noise: 0.894468,
  impulse_noise: 0.92264,
  defocus_blur: 0.81988,
  glass_blur: 0.826268,
  motion_blur: 0.785948,
  zoom_blur: 0.79836,
  snow: 0.866816,
  frost: 0.826572,
  fog: 0.819324,
  brightness: 0.564592,
  contrast: 0.853204,
  elastic_transform: 0.646056,
  pixelate: 0.71784,
  jpeg_compression: 0.6065,
};

export interface CorruptionErrors {
  /** mCE: the mean of the corruption errors; 1 is the baseline, 0 no error. Tables show it times 100. */
  mean: number;
  /** CE of each corruption: the model's error summed over severities, over the baseline's. */
  each: Record<CorruptionName, number>;
}

/**
 * The mean corruption error (Hendrycks and Dietterich 2019, section 4.2).
 *
 * @param errors for each corruption the top-1 errors, shares in [0, 1], at the five severities
 * @param baseline for each corruption the baseline's mean error over severities: `ALEXNET_ERRORS`, or another model's
 * @throws where a corruption or a severity is missing, or an error is no share
 */
export function meanCorruptionError(
  errors: Readonly<Record<CorruptionName, readonly number[]>>,
  baseline: Readonly<Record<CorruptionName, number>>,
): CorruptionErrors {
  const names = Object.keys(CORRUPTIONS) as CorruptionName[];
  const each = names.map((name) => {
    const own = errors[name] ?? [];
    if (own.length !== 5 || !own.every(isShare)) {
      throw new Error(
        `Expected five errors from 0 to 1 for ${name}, got ${own.join(', ') || 'none'}: measure all severities.`,
      );
    }
    if (!isShare(baseline[name]) || baseline[name] === 0) {
      throw new Error(
        `Expected the baseline's error for ${name}, above 0 and at most 1, got ${baseline[name]}.`,
      );
    }
    return [name, mean(own) / baseline[name]] as const;
  });
  return {
    mean: mean(each.map(([, error]) => error)),
    each: Object.fromEntries(each) as Record<CorruptionName, number>,
  };
}

function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}
