import { join } from 'node:path';
import { projectRoot } from '../data';
import type { Prompts } from './benchmark';
import { readClassNames, readTemplates } from './promptFiles';

/** The set whose templates CLIP_benchmark takes where another has none of its own. */
export const DEFAULT_TEMPLATES = 'imagenet1k';

/**
 * The names and prompts with which others test a published set, `data/benchmarks/`: those of CLIP_benchmark, which are
 * OpenAI's where OpenAI published any.
 *
 * @param id of the lists, CLIP_benchmark's name of the set
 * @param classes names from the archive, where the list is not ours to keep
 */
export function publishedPrompts(id: string, classes = listedClasses(id)): Prompts {
  const templates = readTemplates(listPath('templates.json'));
  return { classes, templates: templates[id] ?? templates[DEFAULT_TEMPLATES] };
}

function listedClasses(id: string): readonly string[] {
  const names = readClassNames(listPath('classnames.json'))[id];
  if (!names)
    throw new Error(`There is no list of class names for "${id}" in data/benchmarks/classnames.json.`);
  return names;
}

/** The path of a list in `data/benchmarks/`. */
export const listPath = (file: string) => join(projectRoot(), 'data', 'benchmarks', file);
