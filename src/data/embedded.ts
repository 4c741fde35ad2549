import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadInputCounter } from './badInput';
import { cachedSet, cacheKey } from './cache';
import type { Fit } from './decode';
import { loadInMemory, type PictureSet } from './memory';
import { concatenate } from './mixture';
import { projectRoot } from './projectRoot';
import { expandShards } from './shards';
import type { EmbeddedMeta, TaskDefinition } from './types';
import { readWebDataset } from './webdataset';

/** The sets that come with the project. */
export type EmbeddedSet = EmbeddedMeta['set'];

export interface EmbeddedOptions {
  /** Which sets, in this order; default both. */
  sets?: readonly EmbeddedSet[];
  split: EmbeddedMeta['split'];
  /** Side of the decoded pictures, in pixels. */
  size: number;
  fit?: Fit;
  /** Keep the decoded pictures under `.cache/`, so that the next start takes no time; default true. */
  cache?: boolean;
  counter?: BadInputCounter;
  /** Called with the set's name and the number of its samples decoded so far; not for a set from the cache. */
  onProgress?: (set: EmbeddedSet, loaded: number) => void;
  /** The folder that holds `<set>/<split>-*.tar.gz`; default the project's `data/`. */
  dataFolder?: string;
  /** Where decoded sets are kept; default the project's `.cache/pictures`. */
  cacheFolder?: string;
}

/**
 * The embedded sets, decoded. Each sample's texts are its raw text and, where there is one, its clean description;
 * its meta is an `EmbeddedMeta`.
 *
 * @throws Error where the shards are missing
 */
export async function loadEmbedded(options: EmbeddedOptions): Promise<PictureSet> {
  const sets: PictureSet[] = [];
  for (const set of options.sets ?? (['pictograms', 'herbarium'] as const)) {
    sets.push(await loadOne(set, options));
  }
  return sets.length === 1 ? sets[0] : concatenate(sets);
}

async function loadOne(set: EmbeddedSet, options: EmbeddedOptions): Promise<PictureSet> {
  const { split, size, fit = 'crop', cache = true, counter = new BadInputCounter(), onProgress } = options;
  const shards = expandShards(join(setFolder(set, options.dataFolder), `${split}-*.tar*`));
  const textFields = ['text', 'description'];
  const load = () =>
    loadInMemory(readWebDataset(shards, { counter, textFields }), {
      size,
      fit,
      counter,
      onProgress: (loaded) => onProgress?.(set, loaded),
    });
  if (!cache) return load();
  const folder = options.cacheFolder ?? join(projectRoot(), '.cache', 'pictures');
  return cachedSet(folder, await cacheKey(shards, { size, fit, textFields }), load, counter);
}

/**
 * The zero-shot tasks over an embedded set, as `data/<set>/tasks.json` lists them.
 *
 * @throws Error where the list is missing or a task's classes and seen flags differ in number
 */
export function loadTasks(set: EmbeddedSet, dataFolder?: string): TaskDefinition[] {
  const path = join(setFolder(set, dataFolder), 'tasks.json');
  if (!existsSync(path)) {
    throw new Error(
      `Expected the tasks of "${set}" in "${path}", but there is no such file; build the set first.`,
    );
  }
  const tasks: TaskDefinition[] = JSON.parse(readFileSync(path, 'utf8'));
  for (const { id, classes, seen } of tasks) {
    if (classes.length !== seen.length) {
      throw new Error(
        `Expected one seen flag per class in task "${id}", but got ${classes.length} classes and ${seen.length} flags.`,
      );
    }
  }
  return tasks;
}

/**
 * The pictures of the set that are examples of the task, and their class indices.
 *
 * @throws Error where there are none, or where a label is not one of the task's classes
 */
export function taskExamples(
  set: PictureSet,
  task: Pick<TaskDefinition, 'id' | 'classes'>,
): { indices: number[]; labels: number[] } {
  const indices: number[] = [];
  const labels: number[] = [];
  set.metas.forEach((meta, index) => {
    const label = (meta as Partial<EmbeddedMeta>).tasks?.[task.id];
    if (label === undefined) return;
    if (!(label in task.classes)) {
      throw new Error(
        `Expected a label below ${task.classes.length} in task "${task.id}", but sample "${set.keys[index]}" has ${label}.`,
      );
    }
    indices.push(index);
    labels.push(label);
  });
  if (indices.length === 0) {
    throw new Error(
      `Expected examples of task "${task.id}", but the set has none; load the set and split it is over.`,
    );
  }
  return { indices, labels };
}

function setFolder(set: EmbeddedSet, dataFolder = join(projectRoot(), 'data')): string {
  return join(dataFolder, set);
}
