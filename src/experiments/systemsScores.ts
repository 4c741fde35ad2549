import type { Measurement } from '../evaluation';
import { meanRecall, meanZeroShot } from './alipScores';
import type { ReportInput, RunSummary } from './experiment';
import { runsOf } from './report';
import type { SystemObservation } from './systemsObserver';

/** The numbers the systems are compared by. */
export type SystemScore = 'recall' | 'zeroShot' | 'neighbours';

export const SYSTEM_SCORES: Record<SystemScore, { title: string; unit: string; axis: string }> = {
  recall: { title: 'Retrieval', unit: 'R@10, mean of both directions, %', axis: 'R@10, %' },
  zeroShot: { title: 'Zero-shot', unit: 'accuracy, mean of nine tasks, %', axis: 'accuracy, %' },
  neighbours: {
    title: 'Pictures alone',
    unit: 'nearest picture shows the same, %',
    axis: '1-nearest neighbour, %',
  },
};

/** An arm's shares in [0, 1], one for each seed. */
export function systemScores(input: ReportInput, arm: string, score: SystemScore): number[] {
  return runsOf(input, arm).map((run) => {
    if (score === 'neighbours') return seenAtEnd(input, run).neighbours;
    const measured = measurementOf(run);
    return score === 'recall' ? meanRecall(measured) : meanZeroShot(measured, input.data);
  });
}

/** What the observer saw at the end of each run of an arm. */
export function observedPictures(input: ReportInput, arm: string): SystemObservation[] {
  return runsOf(input, arm).map((run) => seenAtEnd(input, run));
}

/** Every system is scored in one way, its own. */
function measurementOf({ scores }: RunSummary): Measurement {
  return Object.values(scores)[0];
}

function seenAtEnd(input: ReportInput, run: RunSummary): SystemObservation {
  const last = input.observationsOf(run).at(-1);
  if (last) return last as SystemObservation;
  throw new Error(
    `Expected observations of "${run.arm}" with seed ${run.seed}, but its folder has none; start over with --fresh.`,
  );
}
