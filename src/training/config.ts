import {
  flag,
  isObject,
  list,
  number,
  object,
  oneOf,
  optional,
  type Reader,
  readJson,
  text,
  ValueError,
} from '../files/checkedJson';
import { type ClipConfig, checkConfig, MINI_MODEL, MINI_SECOND_ORDER, QUICK_MODEL } from '../models';
import { checkFolderName } from './runFolder';
import type { Recipe } from './trainer';

/** A training run on one's own pictures, complete: what a file leaves out has its default. */
export interface TrainingConfig {
  /** Names the run's folder. */
  name: string;
  data: DataConfig;
  objective: ObjectiveConfig;
  model: ClipConfig;
  recipe: Recipe;
  /** Steps between checkpoints. */
  checkpointEvery: number;
  /** Steps between lines of the metrics file. */
  logEvery: number;
}

/** Where pictures and texts come from: shards or a folder, never both. Paths are relative to the current folder. */
export interface DataConfig {
  /** WebDataset shards: files, folders, brace patterns or globs. */
  shards?: string | string[];
  /** The JSON fields of a shard's samples that hold texts, in order. */
  textFields?: string[];
  /** A folder of pictures. */
  folder?: string;
  /** The folder's caption file (.jsonl, .csv, .tsv); absent: its own `captions.*`, or `name.txt` beside `name.jpg`. */
  captions?: string;
  /** Side of the pictures in memory, from which training crops are cut. Default: 4/3 of the model's image size. */
  pictureSize: number;
  /** Largest share of unusable samples. Absent: 0.05, checked from 100 samples on only. */
  limitFraction?: number;
}

export type ObjectiveConfig =
  | { name: 'clip' }
  | { name: 'dalip'; alpha: number }
  | { name: 'alip'; gated: boolean; historyStart: 'one' | 'firstBatch' };

const count = number({ whole: true, from: 1 });

const MODELS = { mini: MINI_MODEL, quick: QUICK_MODEL };

const readModelSizes = object({
  embedDim: count,
  vision: object({
    imageSize: count,
    patchSize: count,
    width: count,
    layers: count,
    heads: count,
    mlpRatio: optional(number({ above: 0 })),
  }),
  text: object({
    contextLength: number({ whole: true, from: 2 }),
    vocabSize: number({ whole: true, from: 514, to: 49408 }),
    width: count,
    layers: count,
    heads: count,
    mlpRatio: optional(number({ above: 0 })),
  }),
  quickGelu: optional(flag),
  secondOrder: optional(
    object({
      heads: count,
      reduced: count,
      dropout: number({ from: 0, to: 1 }),
      tokenWeighting: optional(flag),
    }),
  ),
});

const READ_OBJECTIVE: Record<ObjectiveConfig['name'], Reader<ObjectiveConfig>> = {
  clip: object({ name: oneOf(['clip']) }),
  dalip: object({ name: oneOf(['dalip']), alpha: optional(number({ from: 0, to: 1 }), 0.5) }),
  alip: object({
    name: oneOf(['alip']),
    gated: optional(flag, true),
    historyStart: optional(oneOf(['one', 'firstBatch']), 'one' as const),
  }),
};

const readData = object({
  shards: optional((value, place) => (Array.isArray(value) ? list(text)(value, place) : text(value, place))),
  textFields: optional(list(text)),
  folder: optional(text),
  captions: optional(text),
  pictureSize: optional(count),
  limitFraction: optional(number({ from: 0, to: 1 })),
});

const readRecipe = object({
  steps: optional(count, 500),
  batchSize: optional(number({ whole: true, from: 2 }), 128),
  learningRate: optional(number({ above: 0 }), 1e-3),
  warmupSteps: optional(number({ whole: true, from: 0 })),
  weightDecay: optional(number({ from: 0 }), 0.2),
  beta1: optional(number({ from: 0, to: 1 }), 0.9),
  beta2: optional(number({ from: 0, to: 1 }), 0.98),
  epsilon: optional(number({ above: 0 }), 1e-6),
  clipNorm: optional(number({ above: 0 }), 1),
  seed: optional(number({ whole: true, from: 0 }), 0),
});

const readSettings = object({
  name: nameOfRun,
  data: checkedData,
  objective: optional(checkedObjective, { name: 'clip' } as const),
  model: optional(checkedModel, MINI_MODEL),
  recipe: optional(checkedRecipe, checkedRecipe({}, 'recipe')),
  checkpointEvery: optional(count, 100),
  logEvery: optional(count, 5),
});

/**
 * Reads the JSON file that describes a training run.
 *
 * @throws Error in one sentence that names the file and the place, such as `recipe.steps`
 */
export function readTrainingConfig(path: string): TrainingConfig {
  return readJson(path, toTrainingConfig);
}

/**
 * Checks a run's description and fills in the defaults; a named model gets DALIP's heads where the objective is DALIP.
 *
 * @throws {ValueError} naming the place of the first mistake
 */
export function toTrainingConfig(value: unknown, place = ''): TrainingConfig {
  const { data, model, ...settings } = readSettings(value, place);
  const named = typeof (value as { model?: unknown }).model !== 'object';
  const withHeads = named && settings.objective.name === 'dalip';
  const fullModel: ClipConfig = withHeads ? { ...model, secondOrder: MINI_SECOND_ORDER } : model;
  checkHeads(fullModel, settings.objective);
  const pictureSize = data.pictureSize ?? Math.ceil((model.vision.imageSize * 4) / 3);
  return { ...settings, data: { ...data, pictureSize }, model: fullModel };
}

function nameOfRun(value: unknown, place: string): string {
  return asValueError(place, () => checkFolderName(text(value, place)));
}

function checkedData(value: unknown, place: string): ReturnType<typeof readData> {
  const data = readData(value, place);
  if ((data.shards === undefined) === (data.folder === undefined)) {
    throw new ValueError(place, 'expected either "shards" or "folder", so that it is clear what to read.');
  }
  if (data.captions && !data.folder) throw new ValueError(`${place}.captions`, 'belongs to a "folder".');
  if (data.textFields && !data.shards) throw new ValueError(`${place}.textFields`, 'belongs to "shards".');
  return data;
}

function checkedObjective(value: unknown, place: string): ObjectiveConfig {
  const given = isObject(value) ? value : { name: value };
  const namePlace = isObject(value) ? `${place}.name` : place;
  const name = oneOf(Object.keys(READ_OBJECTIVE) as ObjectiveConfig['name'][])(given.name, namePlace);
  return READ_OBJECTIVE[name](given, place);
}

function checkedModel(value: unknown, place: string): ClipConfig {
  if (!isObject(value)) return MODELS[oneOf(Object.keys(MODELS) as (keyof typeof MODELS)[])(value, place)];
  const model = readModelSizes(value, place);
  asValueError(place, () => checkConfig(model));
  return model;
}

function checkedRecipe(value: unknown, place: string): Recipe {
  const recipe = readRecipe(value, place);
  const { steps, warmupSteps = Math.min(100, Math.floor(steps / 10)) } = recipe;
  if (warmupSteps > steps) {
    throw new ValueError(
      `${place}.warmupSteps`,
      `expected at most as many as "steps" (${steps}), got ${warmupSteps}.`,
    );
  }
  return { ...recipe, warmupSteps };
}

/** Second-order heads and an objective that trains them come together or not at all. */
function checkHeads({ secondOrder }: ClipConfig, { name }: ObjectiveConfig): void {
  if (name === 'dalip' && !secondOrder) {
    throw new ValueError('model.secondOrder', 'expected the heads that the objective "dalip" trains.');
  }
  if (name !== 'dalip' && secondOrder) {
    throw new ValueError(
      'model.secondOrder',
      `the objective "${name}" does not train these heads; leave them out.`,
    );
  }
}

/** Runs a check that says what is wrong but not where. */
function asValueError<Value>(place: string, check: () => Value): Value {
  try {
    return check();
  } catch (error) {
    if (error instanceof ValueError) throw error;
    throw new ValueError(place, (error as Error).message);
  }
}
