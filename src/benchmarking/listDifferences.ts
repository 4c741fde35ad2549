import { isDeepStrictEqual } from 'node:util';

/** How many differing items a sentence shows. */
const SHOWN = 3;

/**
 * In which items two lists differ, or two objects by their keys: `3 of 37: "a" / "b", …`. Lists of another length, or with the
 * same items in another order, are said to be that. Undefined where they are the same.
 */
export function differingItems(a: unknown, b: unknown): string | undefined {
  if (isDeepStrictEqual(a, b)) return undefined;
  if (!Array.isArray(a) || !Array.isArray(b)) return differingEntries(asObject(a), asObject(b));
  if (a.length !== b.length) return differingLengths(a, b);
  const places = a.flatMap((item, place) => (isDeepStrictEqual(item, b[place]) ? [] : [place]));
  const isReordered = isDeepStrictEqual([...a].sort(), [...b].sort());
  const pairs = places.slice(0, SHOWN).map((place) => `${show(a[place])} / ${show(b[place])}`);
  return `${places.length} of ${a.length}${isReordered ? ', in their order only' : ''}: ${listed(pairs, places.length)}`;
}

function differingLengths(a: readonly unknown[], b: readonly unknown[]): string {
  const without = (all: readonly unknown[], others: readonly unknown[]) =>
    all.filter((item) => !others.some((other) => isDeepStrictEqual(item, other)));
  const only = (which: string, items: unknown[]) =>
    items.length > 0 ? `, only in the ${which} ${listed(items.slice(0, SHOWN).map(show), items.length)}` : '';
  return `${a.length} and ${b.length}${only('first', without(a, b))}${only('second', without(b, a))}`;
}

/** In which entries two objects differ: `interpolation "bicubic" / "bilinear"`; undefined where in none. */
export function differingEntries(a: Record<string, unknown>, b: Record<string, unknown>): string | undefined {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const odd = keys.filter((key) => !isDeepStrictEqual(a[key], b[key]));
  if (odd.length === 0) return undefined;
  const shown = odd.slice(0, SHOWN).map((key) => `${key} ${show(a[key])} / ${show(b[key])}`);
  return listed(shown, odd.length);
}

/** Templates of a set are a list for all classes, or an object with prompts of each. */
function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : { 'for all classes': value };
}

function listed(shown: readonly string[], count: number): string {
  return shown.join(', ') + (count > shown.length ? ', …' : '');
}

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
