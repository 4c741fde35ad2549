import { isObject } from '../files/checkedJson';

/** What the command line may say about a run, over what its configuration or preset says. */
export interface SettingOptions {
  name?: string;
  objective?: string;
  data?: string[];
  weight?: unknown[];
  stream?: boolean;
  start?: string;
  steps?: unknown;
  batchSize?: unknown;
  seed?: unknown;
  keepLast?: unknown;
  keepEvery?: unknown;
  keepBest?: boolean;
}

/**
 * The settings with the options in their places; what a value may be is checked later, with all others.
 *
 * @throws Error where weights and data do not pair up
 */
export function applyOptions(settings: unknown, options: SettingOptions): unknown {
  if (!isObject(settings)) return settings;
  const { name, objective, start, steps, batchSize, seed } = options;
  const { keepLast: last, keepEvery: every, keepBest: best } = options;
  return {
    ...settings,
    ...given({ name, objective, start }),
    ...section('data', settings.data, dataFrom(settings.data, options)),
    ...section('recipe', settings.recipe, {
      ...shorterWarmup(settings.recipe, steps),
      ...given({ steps, batchSize, seed }),
    }),
    ...section('keepCheckpoints', settings.keepCheckpoints, given({ last, every, best })),
  };
}

/** `--data` replaces the source that the configuration names, and nothing else of its data section. */
function dataFrom(settings: unknown, { data, weight, stream }: SettingOptions): Record<string, unknown> {
  if (weight && weight.length !== data?.length) {
    throw new Error(
      `Expected one --weight after each --data, or none at all, but got ${weight.length} for ${data?.length ?? 0}.`,
    );
  }
  if (!data) return given({ stream });
  const former = isObject(settings) ? ['shards', 'sources', 'folder', 'captions'] : [];
  const dropped = Object.fromEntries(former.map((key) => [key, undefined]));
  if (data.length === 1 && !weight) return { ...dropped, shards: data[0], ...given({ stream }) };
  const sources = data.map((shards, i) => ({ shards, ...given({ weight: weight?.[i] }) }));
  return { ...dropped, sources };
}

/** A warm-up that is longer than the steps asked for goes back to its default. */
function shorterWarmup(recipe: unknown, steps: unknown): Record<string, unknown> {
  const longer = isObject(recipe) && Number(recipe.warmupSteps) > Number(steps ?? Number.POSITIVE_INFINITY);
  return longer ? { warmupSteps: undefined } : {};
}

function section(key: string, settings: unknown, changes: Record<string, unknown>): Record<string, unknown> {
  if (Object.keys(changes).length === 0) return {};
  return { [key]: { ...(isObject(settings) ? settings : {}), ...changes } };
}

function given(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** For options that may be given several times. */
export function collect<Value>(read: (text: string) => Value): (text: string, former?: Value[]) => Value[] {
  return (text, former = []) => [...former, read(text)];
}

/** A number where it is one; anything else is left for the check of the settings to name. */
export function numeric(text: string): number | string {
  return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
}
