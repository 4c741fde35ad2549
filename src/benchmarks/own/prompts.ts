import { readFileSync } from 'node:fs';
import { nearest } from '../../files/checkedJson';
import { fillTemplates } from '../../text';
import type { Prompts } from '../benchmark';
import { listLines } from '../lists';
import { readClassNames, readTemplates } from '../promptFiles';
import { DEFAULT_TEMPLATES } from '../publishedPrompts';

/**
 * Class names from a text file of a line each, or from CLIP_benchmark's JSON (`--custom_classname_file`).
 *
 * @param set whose names to take from JSON; those of the only set there where it has none of this name
 * @throws Error naming the file where it cannot be read, holds no name, or does not have the set
 */
export function readOwnClasses(path: string, set: string): readonly string[] {
  if (path.endsWith('.json')) return choose(path, readClassNames(path), set);
  return readLines(path, 'class name');
}

/**
 * Templates from a text file of a line each, with `{c}` or `{}` in the class name's place, or from CLIP_benchmark's JSON
 * (`--custom_template_file`), where each class may have prompts of its own.
 *
 * @param set whose templates to take from JSON; else those of `imagenet1k`, else those of the only set there
 * @throws as `readOwnClasses` does; where a template has no place for the name
 */
export function readOwnTemplates(path: string, set: string): Prompts['templates'] {
  if (path.endsWith('.json')) {
    const sets = readTemplates(path);
    return choose(
      path,
      sets,
      Object.hasOwn(sets, set) || !Object.hasOwn(sets, DEFAULT_TEMPLATES) ? set : DEFAULT_TEMPLATES,
    );
  }
  const templates = readLines(path, 'template').map((line) => line.replaceAll('{c}', '{}'));
  fillTemplates(templates, 'x');
  return templates;
}

/** @throws Error naming a class that has no prompts of its own where all should */
export function checkPrompts({ classes, templates }: Prompts, path: string): void {
  if (Array.isArray(templates)) return;
  const own = new Set(Object.keys(templates));
  const missing = classes.filter((name) => !own.has(name));
  if (missing.length === 0) return;
  const near = nearest(missing[0], [...own]);
  throw new Error(
    `Expected prompts for each class in "${path}", but "${missing[0]}" has none` +
      `${missing.length > 1 ? `, and neither have ${missing.length - 1} others` : ''}; ` +
      `${near ? `did you mean "${near}"?` : 'add them.'}`,
  );
}

function choose<Value>(path: string, sets: Record<string, Value>, set: string): Value {
  const names = Object.keys(sets);
  if (names.includes(set)) return sets[set];
  if (names.length === 1) return sets[names[0]];
  throw new Error(
    `Expected a set "${set}" in "${path}", but it has ${names.join(', ') || 'none'}; say in "id" which to take.`,
  );
}

function readLines(path: string, what: string): string[] {
  let content: Buffer;
  try {
    content = readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `Expected a ${what} a line in "${path}", but it cannot be read (${code}); check the path.`,
    );
  }
  const lines = listLines(content);
  if (lines.length > 0) return lines;
  throw new Error(`Expected a ${what} a line in "${path}", but it is empty.`);
}
