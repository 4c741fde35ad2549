import type { BadInputSummary, PictureSet } from '../data';
import { createClip } from '../models';
import { countParameters, disposeParameters } from '../nn';
import { createTokenizer } from '../text';
import type { ObjectiveConfig, TrainingConfig } from './config';
import { loadPictures } from './loadPictures';
import { readMetrics } from './metricsLog';
import { alipObjective, clipObjective, dalipObjective, type Objective } from './objectives';
import { findOwnRun, keepPictures, openOwnRun } from './ownRun';
import { type PictureDataOptions, pictureData } from './pictureData';
import { trainRun } from './run';
import { type StepReport, startTraining } from './trainer';

export interface TrainPicturesOptions {
  /** The folder of all results; the run goes to `<root>/train/runs/<name>/`. Default `results`. */
  root?: string;
  /** Go on with a run of this name that was begun before. */
  resume?: boolean;
  /** Asks the run to stop in good order, see `trainRun`. */
  signal?: AbortSignal;
  /** Called when reading begins; not for a run that is finished. */
  onReading?: () => void;
  /** Called after each picture read, with the number so far. */
  onPicture?: (count: number) => void;
  /** Called when the pictures are read and training begins. */
  onTraining?: () => void;
  onStep?: (report: StepReport) => void;
}

/** What a finished run leaves behind, `summary.json` in its folder. */
export interface TrainingSummary {
  name: string;
  objective: string;
  steps: number;
  /** Usable pictures. */
  pictures: number;
  /** Pairs trained on, counted once for each time they were seen. */
  pairs: number;
  parameters: number;
  /** Spent training; reading the pictures comes on top. */
  seconds: number;
  /** The last step's. */
  loss: number;
  skipped: BadInputSummary;
  /** The run's folder. */
  folder: string;
  /** The folder of its checkpoints. */
  checkpoints: string;
}

/**
 * Trains on a user's own pictures as the configuration says. They are read into memory once, at `data.pictureSize`.
 * Asked to resume, it goes on exactly where the run stopped, and gives back the summary of a finished one.
 *
 * @throws Error where a run of this name exists and `resume` is not set, or where the run had another configuration or
 *   other pictures; as `loadPictures` and `trainRun` do
 */
export async function trainPictures(
  config: TrainingConfig,
  options: TrainPicturesOptions = {},
): Promise<TrainingSummary> {
  const { root = 'results', resume = false, signal, onStep } = options;
  const { recipe, checkpointEvery, logEvery } = config;
  if (findOwnRun(config, root, resume) === 'finished') {
    return openOwnRun(config, root).readSummary() as unknown as TrainingSummary;
  }
  options.onReading?.();
  const tokenizer = createTokenizer(config.model.text);
  const { set, skipped } = await loadPictures(config.data, config.objective.name, options);
  const batches = pictureData(set, tokenizer, {
    batchSize: recipe.batchSize,
    seed: recipe.seed,
    imageSize: config.model.vision.imageSize,
    ...textsFor(config.objective, set),
  });
  const folder = openOwnRun(config, root);
  keepPictures(folder, set);

  const model = createClip(config.model, recipe.seed);
  const training = startTraining(model, createObjective(config.objective), recipe);
  try {
    options.onTraining?.();
    const seconds = await trainRun(training, batches, { folder, checkpointEvery, logEvery, onStep, signal });
    const summary: TrainingSummary = {
      name: config.name,
      objective: training.objective.name,
      steps: recipe.steps,
      pictures: set.length,
      pairs: recipe.steps * recipe.batchSize,
      parameters: countParameters(model.parameters),
      seconds: Math.round(seconds * 10) / 10,
      loss: Number(readMetrics(folder.metrics).at(-1)?.loss),
      skipped,
      folder: folder.path,
      checkpoints: folder.checkpoints,
    };
    folder.markFinished({ ...summary });
    return summary;
  } finally {
    training.optimizer.dispose();
    disposeParameters(model.parameters);
  }
}

function createObjective(config: ObjectiveConfig): Objective {
  if (config.name === 'dalip') return dalipObjective(config);
  if (config.name === 'alip') return alipObjective(config);
  return clipObjective();
}

/** ALIP reads the first text as the raw one and the second as the caption; the others draw any of a picture's texts. */
function textsFor(
  { name }: ObjectiveConfig,
  { texts }: PictureSet,
): Pick<PictureDataOptions, 'textOf' | 'captionOf'> {
  if (name !== 'alip') return {};
  return { textOf: (index) => texts[index][0], captionOf: (index) => texts[index][1] };
}
