import { BadInputCounter } from '../data';
import type { Progress } from '../report';
import {
  type Arm,
  armsOf,
  type Experiment,
  type ExperimentData,
  type ExperimentReport,
  type Profile,
  type ProfileName,
  type RunSummary,
  recipeOf,
} from './experiment';
import { observationsIn, runArm } from './runArm';
import { runInWorkers } from './runWorkers';
import { writeResults } from './writeResults';

export interface RunExperimentOptions {
  profileName: ProfileName;
  progress: Progress;
  /** The folder of all results. */
  root: string;
  /** Asks the run in progress to stop in good order, see `trainRun`. */
  signal?: AbortSignal;
  /** How many runs are trained at once, each in its own process; default 1. */
  jobs?: number;
  /** Where other processes find the experiment, see `runInWorkers`. */
  module?: string;
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

/** The stages an experiment's progress goes through, in order; runs that share the machine are one stage. */
export function stagesOf(experiment: Experiment, profileName: ProfileName, jobs = 1): Stage[] {
  const profile = experiment.profiles[profileName];
  const runs = runsOf(experiment, profile);
  const stages =
    jobs > 1
      ? [togetherStage(experiment, profile, runs)]
      : runs.flatMap(({ arm, seed }) => stagesOfRun(experiment, profile, arm, seed));
  return [loadingStage(experiment), ...stages];
}

/** An arm with a seed, in the order they are run: an arm comes after the one it starts from. */
interface PlannedRun {
  arm: Arm;
  seed: number;
}

function runsOf(experiment: Experiment, profile: Profile): PlannedRun[] {
  return profile.seeds.flatMap((seed) => armsOf(experiment, profile).map((arm) => ({ arm, seed })));
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

function togetherStage({ id }: Experiment, profile: Profile, runs: readonly PlannedRun[]): Stage {
  const weight = runs.reduce((sum, { arm }) => sum + recipeOf(arm, profile).steps, 0);
  return { name: `${id}: train and evaluate ${runs.length} runs`, weight };
}

/**
 * Runs every arm with every seed, then writes tables, figures and the report. What an earlier call finished is kept,
 * what it began goes on.
 *
 * @throws when the folder holds runs of another configuration, and as loading and training do
 */
export async function runExperiment(
  experiment: Experiment,
  options: RunExperimentOptions,
): Promise<ExperimentOutcome> {
  const { profileName, progress, root, jobs = 1 } = options;
  const profile = experiment.profiles[profileName];
  const counter = new BadInputCounter();
  progress.stage(loadingStage(experiment).name, 1);
  const data = await experiment.load(counter);
  progress.update(1);

  const run = jobs > 1 ? runTogether : runOneByOne;
  const runs = await run(experiment, data, options);
  const observationsOf = observationsIn({ experiment, profileName, root });
  const report = experiment.report({ profileName, profile, data, runs, observationsOf });
  const folder = await writeResults({ experiment, profileName, profile, runs, data, report, counter, root });
  return { ...report, folder };
}

async function runOneByOne(
  experiment: Experiment,
  data: ExperimentData,
  { profileName, progress, root, signal }: RunExperimentOptions,
): Promise<RunSummary[]> {
  const profile = experiment.profiles[profileName];
  const summaries: RunSummary[] = [];
  for (const { arm, seed } of runsOf(experiment, profile)) {
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
    summaries.push(summary);
  }
  return summaries;
}

/** In several processes; the progress counts the steps of all runs, and their pairs per second are added. */
async function runTogether(
  experiment: Experiment,
  _: ExperimentData,
  { profileName, progress, root, signal, jobs = 1, module }: RunExperimentOptions,
): Promise<RunSummary[]> {
  const profile = experiment.profiles[profileName];
  const runs = runsOf(experiment, profile);
  const stage = togetherStage(experiment, profile, runs);
  progress.stage(stage.name, stage.weight);
  const steps = runs.map(() => 0);
  const speeds = new Map<number, number>();
  const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
  const show = () => progress.update(sum(steps), { pairsPerSecond: sum(speeds.values()) });
  const placeOf = ({ arm, seed }: PlannedRun) =>
    runs.findIndex((other) => other.seed === seed && other.arm.id === arm.startsFrom);
  return runInWorkers(
    runs.map((run) => ({
      request: { experiment: experiment.id, profileName, arm: run.arm.id, seed: run.seed, root },
      after: run.arm.startsFrom === undefined ? undefined : placeOf(run),
    })),
    {
      jobs,
      signal,
      module,
      onStep: (place, { step, pairsPerSecond }) => {
        steps[place] = step;
        speeds.set(place, pairsPerSecond);
        show();
      },
      onFinished: (place) => {
        steps[place] = recipeOf(runs[place].arm, profile).steps;
        speeds.delete(place);
        show();
      },
    },
  );
}
