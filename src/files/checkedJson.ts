import { readFileSync } from 'node:fs';
import { shown } from './quoted';

/**
 * Turns an untyped value into a typed one; `place` says where it stands, e.g. `recipe.steps`, empty for the whole.
 * A reader of an optional value takes `undefined`.
 *
 * @throws {ValueError} naming the place
 */
export type Reader<Value> = (value: unknown, place: string) => Value;

/** What a reader makes. */
export type Read<Checked> = Checked extends Reader<infer Value> ? Value : never;

/** Far more than a sentence of ours takes; places and values may be of any length. */
const LONGEST_SENTENCE = 1000;

/** A value that is not what it should be, in one sentence that starts with its place. */
export class ValueError extends Error {
  override readonly name = 'ValueError';

  constructor(place: string, sentence: string) {
    super(shown(place ? `${place}: ${sentence}` : sentence, LONGEST_SENTENCE));
  }
}

/** Runs a check that says what is wrong but not where. */
export function asValueError<Value>(place: string, check: () => Value): Value {
  try {
    return check();
  } catch (error) {
    if (error instanceof ValueError) throw error;
    throw new ValueError(place, (error as Error).message);
  }
}

/**
 * Reads a JSON file through a reader.
 *
 * @throws Error naming the file, and within it the place of what is wrong
 */
export function readJson<Value>(path: string, reader: Reader<Value>): Value {
  const value = parse(path, readText(path));
  try {
    return reader(value, '');
  } catch (error) {
    if (error instanceof ValueError) throw new Error(`"${path}", ${error.message}`, { cause: error });
    throw error;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw new Error(`Expected a JSON file at "${path}", but ${reason}; check the path.`);
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = shown((error as Error).message, 200);
    throw new Error(`Expected JSON in "${path}", but got something else (${reason}); mend the file.`);
  }
}

export interface NumberRange {
  whole?: boolean;
  /** Smallest value. */
  from?: number;
  /** Largest value, beside a smallest one or a lower limit. */
  to?: number;
  /** A lower limit that is itself excluded. */
  above?: number;
}

/** A finite number within a range. */
export function number({ whole = false, from, to, above }: NumberRange = {}): Reader<number> {
  const wanted = [
    whole ? 'a whole number' : 'a number',
    above !== undefined && `above ${above}`,
    from !== undefined && (to === undefined ? `of at least ${from}` : `from ${from} to ${to}`),
    from === undefined && to !== undefined && `and up to ${to}`,
  ];
  const description = wanted.filter(Boolean).join(' ');
  return (value, place) => {
    const fits =
      typeof value === 'number' &&
      Number.isFinite(value) &&
      (!whole || Number.isInteger(value)) &&
      value >= (from ?? value) &&
      value <= (to ?? value) &&
      (above === undefined || value > above);
    if (!fits) throw unexpected(place, description, value);
    return value;
  };
}

/** A text that is not blank. */
export const text: Reader<string> = (value, place) => {
  if (typeof value !== 'string' || value.trim() === '') throw unexpected(place, 'a text', value);
  return value;
};

export const flag: Reader<boolean> = (value, place) => {
  if (typeof value !== 'boolean') throw unexpected(place, 'true or false', value);
  return value;
};

/** One of some words; a near miss is told the nearest. */
export function oneOf<const Choices extends readonly string[]>(choices: Choices): Reader<Choices[number]> {
  return (value, place) => {
    if (choices.includes(value as string)) return value as Choices[number];
    const wanted = `one of ${choices.map((choice) => `"${choice}"`).join(', ')}`;
    throw unexpected(place, wanted, value, typeof value === 'string' ? nearest(value, choices) : undefined);
  };
}

export function list<Item>(item: Reader<Item>): Reader<Item[]> {
  return (value, place) => {
    if (!Array.isArray(value)) throw unexpected(place, 'a list', value);
    return value.map((element, index) => item(element, `${place}[${index}]`));
  };
}

/** The value where there is one, otherwise the default, which may be undefined. */
export function optional<Value>(reader: Reader<Value>): Reader<Value | undefined>;
export function optional<Value, Default>(reader: Reader<Value>, otherwise: Default): Reader<Value | Default>;
export function optional<Value>(reader: Reader<Value>, otherwise?: unknown): Reader<unknown> {
  return (value, place) => (value === undefined ? otherwise : reader(value, place));
}

/** An object with these keys and no others; keys whose value is undefined are left out. */
export function object<Fields extends Record<string, Reader<unknown>>>(
  fields: Fields,
): Reader<{ [Key in keyof Fields]: Read<Fields[Key]> }> {
  const known = Object.keys(fields);
  return (value, place) => {
    if (!isObject(value)) throw unexpected(place, 'an object', value);
    for (const key of Object.keys(value)) {
      if (!known.includes(key)) throw unknownKey(placeOf(place, shown(key)), key, known);
    }
    const read = known.map((key) => [key, fields[key](value[key], placeOf(place, key))] as const);
    return Object.fromEntries(read.filter(([, entry]) => entry !== undefined)) as {
      [Key in keyof Fields]: Read<Fields[Key]>;
    };
  };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const placeOf = (place: string, key: string) => (place ? `${place}.${key}` : key);

/** `recipe.steps: expected a whole number of at least 1, got "many".` */
function unexpected(place: string, wanted: string, value: unknown, guess?: string): ValueError {
  const got = value === undefined ? 'nothing' : shownValue(value);
  return new ValueError(place, `expected ${wanted}, got ${got}${guess ? `; did you mean "${guess}"?` : '.'}`);
}

function unknownKey(place: string, key: string, known: readonly string[]): ValueError {
  const guess = nearest(key, known);
  const advice = guess ? `did you mean "${guess}"?` : `known here: ${known.join(', ')}.`;
  return new ValueError(place, `there is no such setting; ${advice}`);
}

/** A value as errors show it: as JSON, or how that begins. */
export function shownValue(value: unknown): string {
  try {
    return shown(JSON.stringify(value) ?? 'nothing');
  } catch {
    return 'lists or objects that nest too deep to be shown';
  }
}

/** Nobody mistypes so much; and the time of a comparison grows with both words' lengths. */
const LONGEST_WORD = 100;

/** The word with the fewest letters to change, if no more than two in five of them differ. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > LONGEST_WORD) return undefined;
  const [best] = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(1, 0.4 * best.candidate.length) ? best.candidate : undefined;
}

/** Levenshtein's: the fewest letters to insert, delete or replace. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(a[i - 1] !== b[j - 1]));
    }
    row = next;
  }
  return row[b.length];
}
