import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../../files/checkedJson';

/** A setting that is not the same in both; undefined where one side has none. */
export interface SettingDifference {
  /** Its place, e.g. `recipe.learningRate`. */
  name: string;
  first: unknown;
  second: unknown;
}

/**
 * Two configurations side by side: only what differs, by its place, down to the value.
 *
 * @param without places that are left out, such as `recipe.seed` where runs of several seeds are compared
 */
export function configDifferences(
  first: unknown,
  second: unknown,
  without: readonly string[] = [],
  place = '',
): SettingDifference[] {
  if (without.includes(place) || isDeepStrictEqual(first, second)) return [];
  if (!isObject(first) || !isObject(second)) return [{ name: place, first, second }];
  const keys = [...new Set([...Object.keys(first), ...Object.keys(second)])];
  return keys.flatMap((key) =>
    configDifferences(first[key], second[key], without, place ? `${place}.${key}` : key),
  );
}
