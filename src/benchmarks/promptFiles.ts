import { readFileSync } from 'node:fs';
import { isObject } from '../files/checkedJson';
import { quoted, shown } from '../files/quoted';
import type { Prompts } from './benchmark';

/**
 * Class names by set, from a file of CLIP_benchmark's format: `{ "pets": ["Abyssinian", …] }`.
 *
 * @throws Error that names the file and the set where something else stands in it
 */
export function readClassNames(path: string): Record<string, readonly string[]> {
  const sets = readObject(path);
  for (const [set, names] of Object.entries(sets)) {
    if (!isTexts(names)) throw new Error(`Expected a list of class names for ${quoted(set)} in "${path}".`);
  }
  return sets as Record<string, readonly string[]>;
}

/**
 * Prompt templates by set, from a file of CLIP_benchmark's format: `{ "pets": ["a photo of a {c}.", …] }`, or for prompts of
 * each class `{ "pets": { "Abyssinian": ["a cat with …", …] } }`.
 *
 * @returns with `{}` where the class name goes
 * @throws as `readClassNames` does
 */
export function readTemplates(path: string): Record<string, Prompts['templates']> {
  return Object.fromEntries(
    Object.entries(readObject(path)).map(([set, templates]) => [set, templatesOf(path, set, templates)]),
  );
}

function templatesOf(path: string, set: string, templates: unknown): Prompts['templates'] {
  if (isTexts(templates)) return templates.map((template) => template.replaceAll('{c}', '{}'));
  if (isObject(templates) && Object.values(templates).every(isTexts)) {
    return templates as Record<string, string[]>;
  }
  throw new Error(
    `Expected a list of templates, or prompts by class name, for ${quoted(set)} in "${path}"; see data/benchmarks/README.md.`,
  );
}

function readObject(path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = shown((error as Error).message, 200);
    throw new Error(`The file "${path}" cannot be read as JSON (${reason}).`);
  }
  if (isObject(value)) return value;
  throw new Error(`Expected an object with a list for each set in "${path}".`);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === 'string');
}
