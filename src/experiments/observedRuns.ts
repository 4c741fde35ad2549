import { spoiledTexts } from './alipData';
import type { Arm, ReportInput } from './experiment';
import { type ObservedPair, observedPairs } from './gateDetection';
import type { GateObservation } from './gateObserver';

/** Pairs as the gates saw them after a step. */
export interface ObservedMoment {
  step: number;
  pairs: ObservedPair[];
}

/**
 * What the gates saw in an arm's runs.
 *
 * @param rate share of the raw texts that were spoiled for it
 * @returns for each seed, the moments in the order of the steps
 * @throws when a run of the arm has no observations
 */
export function observedMoments(input: ReportInput, arm: Arm, rate: number): ObservedMoment[][] {
  return observedRuns(input, arm, rate, (observations) => observations);
}

/** What they saw after the last step, for each seed; arguments and errors as for `observedMoments`. */
export function observedAtEnd(input: ReportInput, arm: Arm, rate: number): ObservedPair[][] {
  return observedRuns(input, arm, rate, (observations) => observations.slice(-1)).map(([{ pairs }]) => pairs);
}

function observedRuns(
  input: ReportInput,
  arm: Arm,
  rate: number,
  choose: (observations: readonly GateObservation[]) => readonly GateObservation[],
): ObservedMoment[][] {
  return input.runs
    .filter((run) => run.arm === arm.id)
    .sort((a, b) => a.seed - b.seed)
    .map((run) => {
      const observations = input.observationsOf(run) as readonly GateObservation[];
      if (observations.length === 0) {
        throw new Error(
          `Expected observations of "${run.arm}" with seed ${run.seed}, but its folder has none; start over with --fresh.`,
        );
      }
      const { flags } = spoiledTexts(input.data, rate, run.seed);
      return choose(observations).map((observation) => ({
        step: observation.step,
        pairs: observedPairs(observation, flags),
      }));
    });
}
