import { join } from 'node:path';
import type { PictureSet } from '../data';
import { claimFolder } from '../files';
import { type Clip, type ClipConfig, createClip } from '../models';
import { restoreVariables } from '../nn';
import { createTokenizer } from '../text';
import {
  clipObjective,
  loadLatestCheckpoint,
  openRunFolder,
  pictureData,
  type Recipe,
  type StepReport,
  startTraining,
  trainRun,
} from '../training';

/** The CLIP whose towers a captioner sees and names concepts with. */
export interface TowerOptions {
  /** The folder of the profile's results; the run goes to `<folder>/runs/<name>/`. */
  folder: string;
  name: string;
  model: ClipConfig;
  recipe: Recipe;
  /** What it learns from; a picture's raw text and its description are drawn in turn. */
  train: PictureSet;
  /** Says which pictures these are, for the run's configuration. */
  pictures: Record<string, unknown>;
  onStart?: () => void;
  onStep?: (report: StepReport) => void;
  signal?: AbortSignal;
}

/**
 * Trains the CLIP under a captioner, or reads it back where an earlier call finished it.
 *
 * @throws as `trainRun` and `openRunFolder` do
 */
export async function trainTower(options: TowerOptions): Promise<Clip> {
  const { model: config, recipe, train, onStep, signal } = options;
  const folder = openRunFolder({
    root: join(options.folder, '..'),
    experiment: options.folder.split(/[\\/]/).at(-1)!,
    name: options.name,
    config: { model: config, recipe, pictures: options.pictures },
  });
  const model = createClip(config, recipe.seed);
  const finished = folder.isFinished() && loadLatestCheckpoint(folder.checkpoints);
  if (finished) {
    restoreVariables(model.parameters, finished.parameters);
    return model;
  }
  options.onStart?.();
  const training = startTraining(model, clipObjective(), recipe);
  const claim = claimFolder(folder.path);
  try {
    const { batchSize, seed } = recipe;
    const { imageSize } = config.vision;
    const data = pictureData(train, createTokenizer(config.text), { batchSize, seed, imageSize });
    const seconds = await trainRun(training, data, { folder, onStep, signal });
    folder.markFinished({ steps: recipe.steps, pictures: train.length, seconds: Math.round(seconds) });
  } finally {
    claim.release();
    training.optimizer.dispose();
  }
  return model;
}
