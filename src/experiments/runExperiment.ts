import { BadInputCounter } from '../data';
import type { Progress } from '../report';
import {
  type Arm,
  armsOf,
  type Experiment,
  type ExperimentReport,
  type Profile,
  type ProfileName,
  type RunSummary,
  recipeOf,
} from './experiment';
import { runArm } from './runArm';
import { writeResults } from './writeResults';

export interface RunExperimentOptions {
  profileName: ProfileName;
  progress: Progress;
  /** The folder of all results. */
  root: string;
  /** Asks the run in progress to stop in good order, see `trainRun`. */
  signal?: AbortSignal;
}

/** What an experiment leaves for whoever started it. */
export interface ExperimentOutcome extends ExperimentReport {
  /** The folder it wrote. */
  folder: string;
}

/** A part of an experiment as its progress shows it. */
interface Stage {
  name: string;
  /** How long it takes, in training steps. */
  weight: number;
}

/** The stages an experiment's progress goes through, in order. */
export function stagesOf(experiment: Experiment, profileName: ProfileName): Stage[] {
  const profile = experiment.profiles[profileName];
  const runs = profile.seeds.flatMap((seed) =>
    armsOf(experiment, profile).flatMap((arm) => stagesOfRun(experiment, profile, arm, seed)),
  );
  return [loadingStage(experiment), ...runs];
}

function loadingStage({ id }: Experiment): Stage {
  return { name: `${id}: read pictures`, weight: 10 };
}

/** Training and evaluation of one run. */
function stagesOfRun({ id }: Experiment, profile: Profile, arm: Arm, seed: number): [Stage, Stage] {
  return [
    { name: `${id}: train ${arm.label}, seed ${seed}`, weight: recipeOf(arm, profile).steps },
    { name: `${id}: evaluate ${arm.label}, seed ${seed}`, weight: 20 },
  ];
}

/**
 * Runs every arm with every seed, then writes tables, figures and the report. What an earlier call finished is kept,
 * what it began goes on.
 *
 * @throws when the folder holds runs of another configuration, and as loading and training do
 */
export async function runExperiment(
  experiment: Experiment,
  { profileName, progress, root, signal }: RunExperimentOptions,
): Promise<ExperimentOutcome> {
  const profile = experiment.profiles[profileName];
  const counter = new BadInputCounter();
  progress.stage(loadingStage(experiment).name, 1);
  const data = await experiment.load(counter);
  progress.update(1);

  const runs: RunSummary[] = [];
  for (const seed of profile.seeds) {
    for (const arm of armsOf(experiment, profile)) {
      const [training, evaluation] = stagesOfRun(experiment, profile, arm, seed);
      const summary = await runArm({
        experiment,
        profileName,
        profile,
        arm,
        seed,
        data,
        root,
        signal,
        onReuse: () => {
          for (const { name } of [training, evaluation]) progress.skip(name);
        },
        onTraining: () => progress.stage(training.name, training.weight),
        onStep: ({ step, loss, pairsPerSecond }) => progress.update(step, { loss, pairsPerSecond }),
        onEvaluation: () => progress.stage(evaluation.name, 1),
        onEnd: () => progress.update(1),
      });
      runs.push(summary);
    }
  }
  const report = experiment.report({ profileName, profile, data, runs });
  const folder = await writeResults({ experiment, profileName, profile, runs, data, report, counter, root });
  return { ...report, folder };
}
