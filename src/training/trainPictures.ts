import type { BadInputSummary, CaptionReport } from '../data';
import { alone, type Communicator } from '../distributed';
import { type FolderClaim, openWeights, storedTensors, type WeightsFile } from '../files';
import { type Clip, createClip } from '../models';
import { countParameters, disposeParameters } from '../nn';
import { createTokenizer } from '../text';
import type { TrainingConfig } from './config';
import { readMetrics } from './metricsLog';
import { createObjective } from './objectiveConfig';
import { type OpenDataOptions, openData } from './openData';
import { claimOwnRun, findOwnRun, openOwnRun } from './ownRun';
import { trainRun } from './run';
import { startFrom } from './startFrom';
import { byEachRank, byFirstRank } from './together';
import { checkRanks, type StepReport, startTraining } from './trainer';

export interface TrainPicturesOptions extends OpenDataOptions {
  /** The folder of all results; the run goes to `<root>/train/runs/<name>/`. Default `results`. */
  root?: string;
  /** Go on with a run of this name that was begun before. */
  resume?: boolean;
  /** Called when training begins: pictures that are held in memory are then read, a stream is open. */
  onTraining?: () => void;
  onStep?: (report: StepReport) => void;
  /** Trains together with other processes, each on its part of every batch; default alone. */
  communicator?: Communicator;
  /** See `Training`. */
  localLoss?: boolean;
}

/** What a finished run leaves behind, `summary.json` in its folder. */
export interface TrainingSummary {
  name: string;
  objective: string;
  steps: number;
  /** Usable pictures; absent where they were streamed. */
  pictures?: number;
  /** Pairs trained on, counted once for each time they were seen. */
  pairs: number;
  parameters: number;
  /** Spent training; reading the pictures into memory comes on top. */
  seconds: number;
  /** The last step's. */
  loss: number;
  skipped: BadInputSummary;
  /** How added captions and pictures fit together; absent where none were added. */
  captions?: CaptionReport;
  /** The run's folder. */
  folder: string;
  /** The folder of its checkpoints. */
  checkpoints: string;
}

/**
 * Trains on a user's own pictures as the configuration says: held in memory at `data.pictureSize`, or streamed. Asked
 * to resume, it goes on exactly where the run stopped, and gives back the summary of a finished one. Of several processes the
 * first alone writes.
 *
 * @throws Error where a run of this name exists and `resume` is not set, where another process trains it, or where the run
 *   had another configuration or other data; as `openData`, `startFrom` and `trainRun` do
 */
export async function trainPictures(
  config: TrainingConfig,
  options: TrainPicturesOptions = {},
): Promise<TrainingSummary> {
  const { root = 'results', resume = false, signal, onStep, communicator = alone, localLoss } = options;
  const { recipe, checkpointEvery, keepCheckpoints, logEvery } = config;
  const state = byFirstRank(communicator, () => findOwnRun(config, root, resume));
  if (state === 'finished') {
    return openOwnRun(config, root).readSummary() as unknown as TrainingSummary;
  }
  const objective = createObjective(config.objective, config.model);
  checkRanks(objective, recipe, { ranks: communicator, localLoss });
  const asked = { ...options, needs: objective.needs, ranks: communicator };
  const data = await byEachRank(communicator, () =>
    openData(config, createTokenizer(config.model.text), asked),
  );
  const model = createClip(config.model, recipe.seed);
  const training = startTraining(model, objective, recipe, { ranks: communicator, localLoss });
  let claim: FolderClaim | undefined;
  try {
    if (config.start && state === 'new') await startFromFile(model, config.start);
    byFirstRank(communicator, () => {
      claim = claimOwnRun(config, root);
      data.keep(openOwnRun(config, root));
      return null;
    });
    const folder = openOwnRun(config, root, { fresh: false });
    options.onTraining?.();
    const run = { folder, checkpointEvery, keepCheckpoints, logEvery, onStep, signal, communicator };
    const seconds = await trainRun(training, data.batches, run);
    return byFirstRank(communicator, () => {
      const captions = data.captions();
      const summary: TrainingSummary = {
        name: config.name,
        objective: objective.name,
        steps: recipe.steps,
        pictures: data.pictures,
        pairs: recipe.steps * recipe.batchSize,
        parameters: countParameters(model.parameters),
        seconds: Math.round(seconds * 10) / 10,
        loss: Number(readMetrics(folder.metrics).at(-1)?.loss),
        skipped: data.skipped(),
        ...(captions && { captions }),
        folder: folder.path,
        checkpoints: folder.checkpoints,
      };
      folder.markFinished({ ...summary });
      return summary;
    });
  } finally {
    claim?.release();
    await data.close();
    objective.dispose?.();
    training.optimizer.dispose();
    disposeParameters(model.parameters);
  }
}

async function startFromFile(model: Clip, path: string): Promise<void> {
  let file: WeightsFile | undefined;
  try {
    file = await openWeights(path);
    startFrom(model, storedTensors(file));
  } catch (error) {
    throw new Error(`"${path}" is no start for this model: ${(error as Error).message}`, { cause: error });
  } finally {
    file?.close();
  }
}
