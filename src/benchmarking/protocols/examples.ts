import type { Benchmark } from '../../benchmarks';
import { stratifiedSplit } from '../../data/stratify';
import type { ProbeExamples } from '../../evaluation';
import { selectExamples } from '../../evaluation/examples';
import type { EmbeddedSplit } from '../embedSplit';
import type { Subject, Wanted } from '../subject';

/** The class of each row of a classification split. */
export function labelsOf({ targets }: EmbeddedSplit): number[] {
  return targets as number[];
}

export function examplesOf(split: EmbeddedSplit): ProbeExamples {
  return { features: split.embeddings, labels: labelsOf(split) };
}

/** What a probe learns from and what decides on its settings. */
export interface TrainingExamples {
  train: ProbeExamples;
  validation: ProbeExamples;
  /** Where the two come from, in words. */
  source: string;
}

/** Names of splits, the likeliest first. */
const TRAIN = ['train', 'trainval'];
const VALIDATION = ['val', 'validation'];
/** What is held out where a set has no validation split. */
const HELD_OUT = 0.1;

/** The split that a protocol learns from when it judges another one; undefined where the benchmark has none. */
export function trainingSplit(benchmark: Benchmark, judged: string): string | undefined {
  return otherSplit(benchmark, judged, TRAIN);
}

function otherSplit({ splits }: Benchmark, judged: string, names: readonly string[]): string | undefined {
  return names.find((name) => name in splits && name !== judged);
}

/**
 * The official training and validation splits; where there is no validation split, a tenth of each class is drawn from
 * training (Radford et al. 2021, appendix A.3, do likewise and do not say how much).
 *
 * @param subject of a benchmark that has a `trainingSplit`
 */
export async function trainingExamples({
  benchmark,
  split,
  seed,
  embedded,
}: Subject): Promise<TrainingExamples> {
  const [training, validating] = splitsToLearnFrom(benchmark, split);
  const train = examplesOf(await embedded(training));
  if (validating) {
    const validation = examplesOf(await embedded(validating));
    return { train, validation, source: `${training} and ${validating}` };
  }
  const [held, kept] = stratifiedSplit(train.labels, HELD_OUT, seed);
  return {
    train: selectExamples(train, kept),
    validation: selectExamples(train, held),
    source: `${training}, ${100 * HELD_OUT} % of each class held out by seed ${seed}`,
  };
}

/** Of protocols that learn: the splits of `trainingExamples`, and the one that is judged. */
export async function prepareExamples({ benchmark, split, embedded }: Wanted): Promise<void> {
  for (const name of [...splitsToLearnFrom(benchmark, split), split]) await embedded(name);
}

/** The training split, and the validation split where there is one beside it. */
function splitsToLearnFrom(benchmark: Benchmark, judged: string): string[] {
  const training = trainingSplit(benchmark, judged)!;
  const validating = otherSplit(benchmark, judged, VALIDATION);
  return validating && training !== 'trainval' ? [training, validating] : [training];
}
