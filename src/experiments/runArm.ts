import { join } from 'node:path';
import { machineKind } from '../engine/machine';
import { isByVectors, type Measurement, measure, probeTasks, type Scoring } from '../evaluation';
import { claimFolder } from '../files';
import { type Clip, createClip } from '../models';
import { countParameters, disposeParameters } from '../nn';
import { createTokenizer, type Tokenizer } from '../text';
import {
  type Checkpoint,
  loadLatestCheckpoint,
  openRunFolder,
  pictureData,
  type Recipe,
  readMetrics,
  runFolderPath,
  type StepReport,
  startFrom,
  startTraining,
  trainRun,
} from '../training';
import {
  type Arm,
  type Experiment,
  type ExperimentData,
  modelOf,
  type Profile,
  type ProfileName,
  type ReportInput,
  type RunSummary,
  recipeOf,
} from './experiment';
import { readObservations, startObserving } from './observations';

/** What a caller may want to see of a run; nothing is called for a part that an earlier call has done. */
export interface RunArmEvents {
  /** The run was finished before; nothing else follows. */
  onReuse?: () => void;
  onTraining?: () => void;
  /** After every training step. */
  onStep?: (report: StepReport) => void;
  onEvaluation?: () => void;
  /** The scores are there. */
  onEnd?: () => void;
}

export interface RunArmOptions extends RunArmEvents {
  experiment: Experiment;
  profileName: ProfileName;
  profile: Profile;
  arm: Arm;
  seed: number;
  data: ExperimentData;
  /** The folder of all results; the run goes to `<root>/<experiment>/<profile>/runs/<arm>-seed-<seed>/`. */
  root: string;
  /** Asks the run to stop in good order, see `trainRun`. */
  signal?: AbortSignal;
}

/**
 * Trains and judges one arm with one seed; a finished run is read back, an interrupted one goes on.
 *
 * @throws when the run's folder belongs to another configuration or is another process's, and as `trainRun` does
 */
export async function runArm(options: RunArmOptions): Promise<RunSummary> {
  const { experiment, profileName, profile, arm, seed, data, root } = options;
  const config = modelOf(arm, profile);
  const recipe: Recipe = { ...recipeOf(arm, profile), seed };
  const { startsFrom, settings } = arm;
  const folder = openRunFolder({
    root: join(root, experiment.id),
    experiment: profileName,
    name: runName(arm.id, seed),
    config: { experiment: experiment.id, arm: arm.id, model: config, recipe, startsFrom, settings },
  });
  const finished = folder.readSummary();
  if (finished) {
    options.onReuse?.();
    return finished as unknown as RunSummary;
  }

  const model = createClip(config, seed);
  if (startsFrom) startFrom(model, trainedParameters(options, startsFrom));
  const tokenizer = createTokenizer(config.text);
  const objective = arm.objective(config);
  const training = startTraining(model, objective, recipe);
  const claim = claimFolder(folder.path);
  const observe =
    arm.observer &&
    startObserving(arm.observer, {
      folder: folder.path,
      steps: recipe.steps,
      run: { model, tokenizer, objective, data, seed },
    });
  try {
    options.onTraining?.();
    const batches = pictureData(data.train, tokenizer, {
      batchSize: recipe.batchSize,
      seed,
      imageSize: config.vision.imageSize,
      sources: arm.sources?.(data),
      ...arm.texts?.(data, seed),
      needs: objective.needs,
    });
    const seconds = await trainRun(training, batches, {
      folder,
      onStep: (report) => {
        options.onStep?.(report);
        observe?.(report.step);
      },
      signal: options.signal,
    });
    options.onEvaluation?.();
    const summary: RunSummary = {
      arm: arm.id,
      seed,
      pairs: recipe.steps * recipe.batchSize,
      parameters: countParameters(model.parameters),
      trainingSeconds: Math.round(seconds),
      machine: machineKind(),
      scores: await scoresOf(model, tokenizer, data, arm),
      curve: lossCurve(folder.metrics),
    };
    folder.markFinished(summary as unknown as Record<string, unknown>);
    options.onEnd?.();
    return summary;
  } finally {
    claim.release();
    objective.dispose?.();
    training.optimizer.dispose();
    disposeParameters(model.parameters);
  }
}

async function scoresOf(
  model: Clip,
  tokenizer: Tokenizer,
  data: ExperimentData,
  { scorings }: Arm,
): Promise<RunSummary['scores']> {
  const scores = await measure(model, tokenizer, data.test, data.tasks, data.searches, scorings);
  if (!data.probes) return scores;
  const probes: Partial<Record<Scoring, Measurement['probes']>> = probeTasks(
    model,
    data,
    data.probes,
    scorings?.filter(isByVectors),
  );
  return Object.fromEntries(
    Object.entries(scores).map(([scoring, measured]) => [
      scoring,
      { ...measured, probes: probes[scoring as Scoring] },
    ]),
  );
}

/** The folder of a run of an experiment's profile. */
export function runPath(
  { experiment, profileName, root }: Pick<RunArmOptions, 'experiment' | 'profileName' | 'root'>,
  { arm, seed }: Pick<RunSummary, 'arm' | 'seed'>,
): string {
  return runFolderPath({
    root: join(root, experiment.id),
    experiment: profileName,
    name: runName(arm, seed),
  });
}

/** What observers wrote down in the runs of a profile, for its report. */
export function observationsIn(
  place: Pick<RunArmOptions, 'experiment' | 'profileName' | 'root'>,
): ReportInput['observationsOf'] {
  return (run) => readObservations(runPath(place, run));
}

/** The name of a run's folder. */
export function runName(arm: string, seed: number): string {
  return `${arm}-seed-${seed}`;
}

/** The parameters that another arm ended with. */
function trainedParameters(options: RunArmOptions, arm: string): Checkpoint['parameters'] {
  const { seed } = options;
  const name = runName(arm, seed);
  const run = runPath(options, { arm, seed });
  const checkpoint = loadLatestCheckpoint(join(run, 'checkpoints'));
  if (checkpoint) return checkpoint.parameters;
  throw new Error(
    `Expected the trained parameters of "${name}" in "${run}", which others start from, but there is no checkpoint; ` +
      'start over with --fresh.',
  );
}

function lossCurve(metrics: string): RunSummary['curve'] {
  const records = readMetrics(metrics);
  return { steps: records.map(({ step }) => step), values: records.map(({ loss }) => Number(loss)) };
}
