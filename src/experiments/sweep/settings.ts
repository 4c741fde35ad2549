import { createHash } from 'node:crypto';
import { isObject, text, ValueError } from '../../files/checkedJson';

/** Settings that a sweep varies together, by their places in a configuration. */
export interface Axis {
  columns: string[];
  options: { values: string[]; changes: Record<string, unknown> }[];
}

/** The column of a list whose entries have names. */
const VARIANT = 'variant';
/** What stands where an entry of a list leaves a setting alone. */
const UNCHANGED = 'as in base';

/** One setting with several values. */
export function gridAxis(path: string, values: readonly unknown[]): Axis {
  checkPath(path, `grid["${path}"]`);
  return {
    columns: [path],
    options: values.map((value) => ({ values: [labelOf(value)], changes: { [path]: value } })),
  };
}

/** Sets of settings, with labels or without. */
export function listAxis(entries: readonly Record<string, unknown>[]): Axis {
  const labelled = entries.some(({ label }) => label !== undefined);
  const changes = entries.map(({ label, ...own }, i) => {
    for (const path of Object.keys(own)) checkPath(path, `list[${i}]["${path}"]`);
    return own;
  });
  if (labelled) {
    const labels = entries.map(({ label }, i) => text(label, `list[${i}].label`));
    return { columns: [VARIANT], options: changes.map((own, i) => ({ values: [labels[i]], changes: own })) };
  }
  const columns = [...new Set(changes.flatMap(Object.keys))];
  const valueIn = (own: Record<string, unknown>, path: string) =>
    path in own ? labelOf(own[path]) : UNCHANGED;
  return {
    columns,
    options: changes.map((own) => ({ values: columns.map((path) => valueIn(own, path)), changes: own })),
  };
}

function checkPath(path: string, place: string): void {
  if (path === 'recipe.seed')
    throw new ValueError(place, 'seeds stand in "seeds", so that a table takes their mean.');
  if (path === 'name') throw new ValueError(place, 'each run has a name of its own, made of what it varies.');
}

/** A value as people read it: `0.001`, `dalip alpha=0.5`. */
export function labelOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(labelOf).join(',');
  if (!isObject(value)) return String(value);
  return Object.entries(value)
    .map(([key, own]) => (key === 'name' ? labelOf(own) : `${key}=${labelOf(own)}`))
    .join(' ');
}

/** The last parts of the paths, or whole paths where two end alike. */
export function titlesOf(paths: readonly string[]): string[] {
  const endOf = (path: string) => path.slice(path.lastIndexOf('.') + 1);
  const isAlone = (path: string) => paths.filter((other) => endOf(other) === endOf(path)).length === 1;
  return paths.map((path) => (isAlone(path) ? endOf(path) : path));
}

/** Longer ones end in a hash. */
const LONGEST_NAME = 120;

/**
 * A folder's name that says what a run varies: `rates-learningRate=0.001-objective=clip-seed=0`.
 *
 * @param taken names and settings so far; the run's own are added
 * @throws {ValueError} where there is such a run already
 */
export function nameOfRun(
  sweep: string,
  columns: readonly string[],
  values: readonly string[],
  seed: number,
  taken: Set<string>,
): string {
  const parts = columns.map((column, i) => (column === VARIANT ? values[i] : `${column}=${values[i]}`));
  const readable = [sweep, ...parts, `seed=${seed}`].join('-').replace(/[^\w.+=-]+/g, '_');
  const short =
    readable.length <= LONGEST_NAME ? readable : `${readable.slice(0, LONGEST_NAME - 9)}-${hashOf(readable)}`;
  const name = taken.has(short) ? `${short}-${hashOf(values.join('\n'))}` : short;
  const settings = JSON.stringify([values, seed]);
  if (taken.has(settings)) throw new ValueError(`run "${name}"`, 'expected each run once, got it twice.');
  for (const one of [name, settings]) taken.add(one);
  return name;
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8);

/**
 * Settings with another value at a place; what is on the way and not there is made.
 *
 * @throws {ValueError} where something on the way has no settings inside
 */
export function setAt(
  settings: Record<string, unknown>,
  path: string,
  value: unknown,
): Record<string, unknown> {
  const [key, ...rest] = path.split('.');
  if (rest.length === 0) return { ...settings, [key]: value };
  const inner = settings[key] ?? {};
  if (!isObject(inner)) {
    throw new ValueError(
      path,
      `expected settings at "${key}" of the base, got ${JSON.stringify(inner)}; vary "${key}" as a whole.`,
    );
  }
  return { ...settings, [key]: setAt(inner, rest.join('.'), value) };
}
