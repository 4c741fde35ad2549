import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isObject, number, optional, type Reader, readJson, ValueError } from '../files/checkedJson';
import { type ClipConfig, checkConfig } from '../models';
import { listCheckpoints, pictureSizeFor } from '../training';

/** A model that clipbook trained. */
export interface OwnRun {
  config: ClipConfig;
  /** The parameters, a safetensors file. */
  weights: string;
  /** Side of the pictures it was trained on, in pixels. */
  pictureSize: number;
}

/**
 * A run's model by its folder (`results/train/runs/NAME`, or its `checkpoints`), then of its last checkpoint, or by a
 * checkpoint's `.json` or `.safetensors` file; or a model that was published from a run, by its folder with `config.json` and
 * `model.safetensors`. Undefined where the path is none of these.
 *
 * @throws when the run has no checkpoint yet, or its `config.json` names no model
 */
export function openOwnRun(path: string): OwnRun | undefined {
  if (!existsSync(path)) return undefined;
  const folder = folderOf(path);
  const configuration = join(folder ?? path, 'config.json');
  if (!folder || !existsSync(configuration)) return undefined;
  const weights = weightsIn(folder, path);
  if (!weights) {
    throw new Error(`Expected a checkpoint of the run in "${folder}", but it has none yet; train it first.`);
  }
  const { model, pictureSize = pictureSizeFor(model.vision.imageSize) } = readJson(configuration, runConfig);
  return {
    config: withoutTrainingParts(model),
    weights,
    pictureSize,
  };
}

function weightsIn(folder: string, path: string): string | undefined {
  const published = join(folder, 'model.safetensors');
  if (path === folder && existsSync(published)) return published;
  const isFile = !statSync(path).isDirectory();
  const checkpoint = isFile ? path : listCheckpoints(join(folder, 'checkpoints')).at(-1);
  return checkpoint?.replace(/\.json$/, '.safetensors');
}

/** The run's folder, of itself, of its folder of checkpoints, or of one of these. */
function folderOf(path: string): string | undefined {
  const checkpoints = statSync(path).isDirectory() ? path : dirname(path);
  if (basename(checkpoints) === 'checkpoints') return dirname(checkpoints);
  return checkpoints === path ? path : undefined;
}

const runConfig: Reader<{ model: ClipConfig; pictureSize?: number }> = (value, place) => {
  const { model, data }: Record<string, unknown> = isObject(value) ? value : {};
  if (!isObject(model))
    throw new ValueError('model', 'expected the sizes of a model, as a run’s config.json has them.');
  checkConfig(model as unknown as ClipConfig);
  const pictureSize = isObject(data) ? data.pictureSize : undefined;
  return {
    model: model as unknown as ClipConfig,
    pictureSize: optional(number({ whole: true, from: 1 }))(pictureSize, `${place}data.pictureSize`),
  };
};

/** Of the auxiliary parts, only UniCLIP's augmentation encoder takes part in an embedding. */
function withoutTrainingParts({ auxiliary, ...config }: ClipConfig): ClipConfig {
  const { augmentation } = auxiliary ?? {};
  return augmentation ? { ...config, auxiliary: { augmentation } } : config;
}
