import { BadInputCounter } from '../data';
import type { Progress } from '../report';
import type { Experiment, ProfileName } from './experiment';
import type { ExperimentReport } from './report';
import { type RunSummary, runArm } from './runArm';
import { writeResults } from './writeResults';

export interface RunExperimentOptions {
  profileName: ProfileName;
  progress: Progress;
  /** The folder of all results. */
  root: string;
}

/** What an experiment leaves for whoever started it. */
export interface ExperimentOutcome extends ExperimentReport {
  /** The folder it wrote. */
  folder: string;
}

/** The stages an experiment's progress goes through, with their share of the time. */
export function stagesOf(
  experiment: Experiment,
  profileName: ProfileName,
): { name: string; weight: number }[] {
  const { seeds, recipe } = experiment.profiles[profileName];
  const runs = seeds.flatMap((seed) =>
    experiment.arms.flatMap((arm) => [
      { name: trainingStage(experiment, arm.label, seed), weight: recipe.steps },
      { name: evaluationStage(experiment, arm.label, seed), weight: 20 },
    ]),
  );
  return [{ name: loadingStage(experiment), weight: 10 }, ...runs];
}

const loadingStage = ({ id }: Experiment) => `${id}: read pictures`;
const trainingStage = ({ id }: Experiment, label: string, seed: number) =>
  `${id}: train ${label}, seed ${seed}`;
const evaluationStage = ({ id }: Experiment, label: string, seed: number) =>
  `${id}: evaluate ${label}, seed ${seed}`;

/**
 * Runs every arm with every seed, then writes tables, figures and the report. What an earlier call finished is kept,
 * what it began goes on.
 */
export async function runExperiment(
  experiment: Experiment,
  { profileName, progress, root }: RunExperimentOptions,
): Promise<ExperimentOutcome> {
  const profile = experiment.profiles[profileName];
  const counter = new BadInputCounter();
  progress.stage(loadingStage(experiment), 1);
  const data = await experiment.load(counter);
  progress.update(1);

  const runs: RunSummary[] = [];
  for (const seed of profile.seeds) {
    for (const arm of experiment.arms) {
      progress.stage(trainingStage(experiment, arm.label, seed), profile.recipe.steps);
      const summary = await runArm({
        experiment,
        profileName,
        profile,
        arm,
        seed,
        data,
        root,
        onStep: ({ step, loss, pairsPerSecond }) => progress.update(step, { loss, pairsPerSecond }),
        onEvaluation: () => progress.stage(evaluationStage(experiment, arm.label, seed), 1),
      });
      progress.update(1);
      runs.push(summary);
    }
  }
  const report = experiment.report({ profileName, profile, data, runs });
  const folder = await writeResults({ experiment, profileName, profile, runs, data, report, counter, root });
  return { ...report, folder };
}
