import {
  asValueError,
  flag,
  isObject,
  number,
  object,
  oneOf,
  optional,
  readJson,
  text,
  ValueError,
} from '../files/checkedJson';
import {
  type ClipConfig,
  checkConfig,
  MINI_MODEL,
  MINI_SECOND_ORDER,
  OFFICIAL_SECOND_ORDER,
  QUICK_MODEL,
  type SecondOrderConfig,
  VIT_B_16,
  VIT_B_32,
} from '../models';
import { pictureSizeFor } from './crops';
import { type DataConfig, dataSection } from './dataConfig';
import { type ObjectiveConfig, readObjective, withParts } from './objectiveConfig';
import type { Recipe } from './recipe';
import type { KeptCheckpoints } from './run';
import { checkFolderName } from './runFolder';

/** A training run on one's own pictures, complete: what a file leaves out has its default. */
export interface TrainingConfig {
  /** Names the run's folder. */
  name: string;
  data: DataConfig;
  objective: ObjectiveConfig;
  model: ClipConfig;
  /** A file of weights that the model starts from, see `openWeights` and `startFrom`. Absent: from random parameters. */
  start?: string;
  recipe: Recipe;
  /** Steps between checkpoints. */
  checkpointEvery: number;
  /** Which of them stay; absent: the two newest. */
  keepCheckpoints?: KeptCheckpoints;
  /** Steps between lines of the metrics file. */
  logEvery: number;
}

const count = number({ whole: true, from: 1 });

/** Models by name, with the second-order heads that each gets where the objective is DALIP. */
const MODELS: Record<
  'mini' | 'quick' | 'ViT-B-16' | 'ViT-B-32',
  ClipConfig & { secondOrder: SecondOrderConfig }
> = {
  mini: { ...MINI_MODEL, secondOrder: MINI_SECOND_ORDER },
  quick: { ...QUICK_MODEL, secondOrder: MINI_SECOND_ORDER },
  'ViT-B-16': { ...VIT_B_16, secondOrder: OFFICIAL_SECOND_ORDER },
  'ViT-B-32': { ...VIT_B_32, secondOrder: OFFICIAL_SECOND_ORDER },
};

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
      reduced: optional(count),
      dropout: number({ from: 0, to: 1 }),
      variant: optional(oneOf(['official', 'paper'])),
      statistic: optional(oneOf(['distance', 'covariance', 'rootCovariance', 'bilinear', 'mean'])),
      projected: optional(flag),
      tokenWeighting: optional(flag),
      padding: optional(oneOf(['masked', 'kept'])),
      textDropout: optional(oneOf(['channels', 'tokens'])),
      perToken: optional(flag),
      mixed: optional(flag),
      logitScale: optional(oneOf(['shared', 'separate'])),
    }),
  ),
});

const readRecipe = object({
  steps: optional(count, 500),
  batchSize: optional(number({ whole: true, from: 2 }), 128),
  learningRate: optional(number({ above: 0 }), 1e-3),
  warmupSteps: optional(number({ from: 0 })),
  schedule: optional(oneOf(['cosine', 'oneCycle'])),
  cycleMomentum: optional(flag),
  weightDecay: optional(number({ from: 0 }), 0.2),
  decayed: optional(oneOf(['matrices', 'all'])),
  beta1: optional(number({ from: 0, to: 1 }), 0.9),
  beta2: optional(number({ from: 0, to: 1 }), 0.98),
  epsilon: optional(number({ above: 0 }), 1e-6),
  clipNorm: optional(number({ above: 0 }), 1),
  recompute: optional(flag),
  precision: optional(oneOf(['f32', 'bf16'])),
  chunk: optional(count),
  seed: optional(number({ whole: true, from: 0 }), 0),
});

const readKept = object({
  last: optional(count),
  every: optional(count),
  best: optional(flag),
});

const readSettings = object({
  name: folderName,
  data: dataSection,
  objective: (value: unknown) => value, // its defaults depend on the model
  model: optional(checkedModel, MODELS.mini),
  start: optional(text),
  recipe: optional(checkedRecipe, checkedRecipe({}, 'recipe')),
  checkpointEvery: optional(count, 100),
  keepCheckpoints: optional(readKept),
  logEvery: optional(count, 5),
});

/**
 * Reads the JSON file that describes a training run.
 *
 * @param change made to what the file says before it is checked
 * @throws Error in one sentence that names the file and the place, such as `recipe.steps`
 */
export function readTrainingConfig(
  path: string,
  change: (settings: unknown) => unknown = (settings) => settings,
): TrainingConfig {
  return readJson(path, (value) => toTrainingConfig(change(value)));
}

/**
 * Checks a run's description and fills in the defaults; a named model has DALIP's heads where the objective is DALIP, and
 * every model the parts that the objective of another system trains.
 *
 * @throws {ValueError} naming the place of the first mistake
 */
export function toTrainingConfig(value: unknown, place = ''): TrainingConfig {
  const { data, ...settings } = readSettings(value, place);
  const objective = readObjective(settings.objective ?? 'clip', 'objective', settings.model);
  const named = typeof (value as { model?: unknown }).model !== 'object';
  const base = named && objective.name !== 'dalip' ? withoutHeads(settings.model) : settings.model;
  checkHeads(base, objective);
  const model = withParts(base, objective);
  asValueError('objective', () => checkConfig(model));
  if (settings.recipe.chunk !== undefined && model.secondOrder?.reduced !== undefined) {
    throw new ValueError(
      'recipe.chunk',
      'expected second-order heads without "reduced": their batch norm looks at the whole batch; leave "chunk" out.',
    );
  }
  if (data.textChoice && objective.name === 'alip') {
    throw new ValueError('data.textChoice', 'belongs to objectives that read one text; "alip" reads two.');
  }
  const pictureSize = data.pictureSize ?? pictureSizeFor(model.vision.imageSize);
  return { ...settings, data: { ...data, pictureSize }, objective, model };
}

function withoutHeads({ secondOrder, ...plain }: ClipConfig): ClipConfig {
  return plain;
}

/** A text that can name a folder, see `checkFolderName`; a `Reader`. */
export function folderName(value: unknown, place: string): string {
  return asValueError(place, () => checkFolderName(text(value, place)));
}

function checkedModel(value: unknown, place: string): ClipConfig {
  if (!isObject(value)) return MODELS[oneOf(Object.keys(MODELS) as (keyof typeof MODELS)[])(value, place)];
  const model = readModelSizes(value, place);
  asValueError(place, () => checkConfig(model));
  return model;
}

function checkedRecipe(value: unknown, place: string): Recipe {
  const recipe = readRecipe(value, place);
  const { steps, schedule } = recipe;
  const rise = schedule === 'oneCycle' ? steps / 10 : Math.min(100, Math.floor(steps / 10));
  const { warmupSteps = rise } = recipe;
  if (schedule !== 'oneCycle') number({ whole: true, from: 0 })(warmupSteps, `${place}.warmupSteps`);
  if (warmupSteps > steps) {
    throw new ValueError(
      `${place}.warmupSteps`,
      `expected at most as many as "steps" (${steps}), got ${warmupSteps}.`,
    );
  }
  if (recipe.cycleMomentum !== undefined && schedule !== 'oneCycle') {
    throw new ValueError(`${place}.cycleMomentum`, 'belongs to "schedule": "oneCycle".');
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
