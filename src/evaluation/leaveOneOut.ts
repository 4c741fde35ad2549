import { mean } from './statistics';

/**
 * The mean of the others, for each: how far an average hangs on one of its parts.
 *
 * ```ts
 * leaveOneOut({ a: 1, b: 2, c: 6 }); // { a: 4, b: 3.5, c: 1.5 }
 * ```
 *
 * @throws with fewer than two values
 */
export function leaveOneOut(values: Readonly<Record<string, number>>): Record<string, number> {
  const names = Object.keys(values);
  if (names.length < 2)
    throw new Error(`Expected two values at least to leave one out, got ${names.length}.`);
  const without = (name: string) => names.filter((other) => other !== name).map((other) => values[other]);
  return Object.fromEntries(names.map((name) => [name, mean(without(name))]));
}
