import type { MixingLaw, MixingPrediction } from './mixingLaw';
import { mean } from './statistics';

/** How a law that never saw a share fares there. */
export interface JudgedPrediction {
  share: number;
  /** With the interval of as many new measurements as there are. */
  predicted: MixingPrediction;
  /** The mean of what was measured. */
  actual: number;
  /** actual − predicted, in the unit of the values. */
  error: number;
  /** The error in standard errors of the prediction. */
  standardErrors: number;
  /** Does the interval hold the actual value? */
  inside: boolean;
}

/**
 * Holds a law that was fitted without a share against what was measured there.
 *
 * @param measured the values at the share, one for each seed.
 */
export function judgePrediction(
  law: MixingLaw,
  share: number,
  measured: readonly number[],
  level = 0.95,
): JudgedPrediction {
  const actual = mean(measured);
  const predicted = law.predict(share, { level, measurements: measured.length });
  const error = actual - predicted.estimate;
  const standardErrors = error === 0 ? 0 : error / predicted.standardError;
  const inside = actual >= predicted.low && actual <= predicted.high;
  return { share, predicted, actual, error, standardErrors, inside };
}
