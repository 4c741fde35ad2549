import { dirname, resolve } from 'node:path';
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
} from '../../files/checkedJson';
import { folderName, type TrainingConfig, toTrainingConfig } from '../../training';
import { type Axis, gridAxis, listAxis, nameOfRun, setAt, titlesOf } from './settings';

/** Training runs that differ in a few settings. */
export interface Sweep {
  name: string;
  /** Headings of the settings that differ. */
  columns: string[];
  /** All seeds of one combination of settings after the other. */
  runs: SweepRun[];
  /** On what each trained model is judged. */
  evaluate?: SweepEvaluation;
  /** What all runs have in common, as it was given. */
  base: Record<string, unknown>;
}

export interface SweepRun {
  /** Of its folder under `train/runs/`. */
  name: string;
  /** A value for each column, as people read it. */
  values: string[];
  seed: number;
  config: TrainingConfig;
}

/** As `clipbook evaluate` takes them. */
export interface SweepEvaluation {
  benchmarks: string[];
  protocols?: string[];
  data?: string;
  split?: string;
  task?: 'classification' | 'retrieval';
  classNames?: string;
  templates?: string;
  allowPartial?: boolean;
}

const settings: Reader<Record<string, unknown>> = (value, place) => {
  if (isObject(value)) return value;
  throw new ValueError(place, 'expected settings by their places, such as { "recipe.learningRate": … }.');
};

/** A list that is not empty. */
const some =
  <Item>(item: Reader<Item>): Reader<Item[]> =>
  (value, place) => {
    const found = list(item)(value, place);
    if (found.length > 0) return found;
    throw new ValueError(place, 'expected one value or more, got none.');
  };

const readSweep = object({
  name: folderName,
  base: (value: unknown) => value,
  grid: optional(settings, {}),
  list: optional(some(settings)),
  seeds: optional(some(number({ whole: true, from: 0 }))),
  evaluate: optional(
    object({
      benchmarks: some(text),
      protocols: optional(some(text)),
      data: optional(text),
      split: optional(text),
      task: optional(oneOf(['classification', 'retrieval'])),
      classNames: optional(text),
      templates: optional(text),
      allowPartial: optional(flag),
    }),
  ),
});

/**
 * Reads the JSON file of a sweep.
 *
 * @throws Error in one sentence that names the file and the place in it; nothing has been trained then
 */
export function readSweepFile(path: string): Sweep {
  return readJson(path, (value) => toSweep(value, (file) => readBase(resolve(dirname(path), file))));
}

function readBase(path: string): unknown {
  return readJson(path, (value) => value);
}

/**
 * All runs of a sweep, checked.
 *
 * @param readFile what a base stands for that is a path
 * @throws {ValueError} naming the place of the first mistake
 */
export function toSweep(value: unknown, readFile: (path: string) => unknown): Sweep {
  const sweep = readSweep(value, '');
  const { name } = sweep;
  const given = typeof sweep.base === 'string' ? readFile(sweep.base) : sweep.base;
  if (!isObject(given))
    throw new ValueError('base', 'expected the settings of "clipbook train", or a path of theirs.');
  const { name: _, ...base } = given;
  const axes = [
    ...(sweep.list ? [listAxis(sweep.list)] : []),
    ...Object.entries(sweep.grid).map(([path, values]) =>
      gridAxis(path, some((one) => one)(values, `grid["${path}"]`)),
    ),
  ];
  const columns = titlesOf(axes.flatMap((axis) => axis.columns));
  const seeds = sweep.seeds ?? [seedOf(base)];
  const taken = new Set<string>();
  const runs = combinations(axes).flatMap(({ values, changes }) =>
    seeds.map((seed): SweepRun => {
      const own = nameOfRun(name, columns, values, seed, taken);
      return { name: own, values, seed, config: configOf(own, base, { ...changes, 'recipe.seed': seed }) };
    }),
  );
  return { name, columns, runs, evaluate: sweep.evaluate, base };
}

function seedOf({ recipe }: Record<string, unknown>): number {
  return isObject(recipe) && recipe.seed !== undefined ? Number(recipe.seed) : 0;
}

function configOf(
  name: string,
  base: Record<string, unknown>,
  changes: Record<string, unknown>,
): TrainingConfig {
  try {
    const whole = Object.entries(changes).reduce((sum, [path, value]) => setAt(sum, path, value), base);
    return toTrainingConfig({ ...whole, name });
  } catch (error) {
    if (error instanceof ValueError) throw new ValueError(`run "${name}"`, error.message);
    throw error;
  }
}

interface Combination {
  values: string[];
  changes: Record<string, unknown>;
}

/** Each option of an axis with each of the others, the last axis's changing fastest. */
function combinations(axes: readonly Axis[]): Combination[] {
  return axes.reduce<Combination[]>(
    (all, { options }) =>
      all.flatMap(({ values, changes }) =>
        options.map((option) => ({
          values: [...values, ...option.values],
          changes: { ...changes, ...option.changes },
        })),
      ),
    [{ values: [], changes: {} }],
  );
}
