import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readTarMembers } from '../files/tarMembers';
import { BadInputCounter } from './badInput';
import { cachedSet, cacheKey } from './cache';
import type { Fit } from './decode';
import { loadInMemory, type PictureSet } from './memory';
import { projectRoot } from './projectRoot';
import type { EmbeddedMeta, Sample, TaskDefinition } from './types';

/** The sets of photographs that can be read from their archives. They do not come with the project. */
export type PhotographSet = 'flower_photos' | 'grocery_store';

/** What is known of a photograph; `tasks` marks it as an example, as in the embedded sets. */
export type PhotographMeta = Omit<EmbeddedMeta, 'set' | 'split'> & {
  set: PhotographSet;
  split: 'train' | 'validation' | 'test';
};

export interface PhotographOptions {
  /** The `.tar`, `.tar.gz` or `.tgz` archive; default what `photographArchive` finds. */
  archive?: string;
  /** Side of the decoded pictures, in pixels. */
  size: number;
  fit?: Fit;
  /** Goes on where pictures that ought to be there are not, as in a sample of the set; default false. */
  allowPartial?: boolean;
  /** Keep the decoded pictures under `.cache/`, so that the next start takes no time; default true. */
  cache?: boolean;
  /** Where decoded sets are kept; default the project's `.cache/pictures`. */
  cacheFolder?: string;
  /** Counts the pictures that cannot be decoded. */
  counter?: BadInputCounter;
  /** Called with the split's name and the number of its pictures decoded so far; not for a split from the cache. */
  onProgress?: (split: PhotographMeta['split'], loaded: number) => void;
}

/** A set of photographs, decoded, with the tasks over it. */
export interface Photographs {
  train: PictureSet;
  /** Where the set has an official one. Otherwise cut one from `train`, with `stratifiedSplit`. */
  validation?: PictureSet;
  test: PictureSet;
  tasks: TaskDefinition[];
  /** What is absent, left out or unusable, in sentences; empty where the set is whole. */
  remarks: string[];
  /** Every picture that the set's own lists name and the archive lacks, by its path in the lists. */
  absent: string[];
}

/**
 * The archive of a set: the first file in the folder whose name starts with the set's.
 *
 * @param folder default: the environment variable `CLIPBOOK_PHOTOGRAPHS`, else the project's `data/photographs`
 * @throws Error where there is none
 */
export function photographArchive(set: PhotographSet, folder?: string): string {
  const place = folder ?? (process.env.CLIPBOOK_PHOTOGRAPHS || join(projectRoot(), 'data', 'photographs'));
  const names = existsSync(place) ? readdirSync(place).sort() : [];
  const found = names.find((name) => name.startsWith(set) && /\.(tar|tar\.gz|tgz)$/.test(name));
  if (found) return join(place, found);
  throw new Error(
    `Expected an archive "${set}*.tar" in "${place}", but there is none; put it there or name its folder in ` +
      'CLIPBOOK_PHOTOGRAPHS (data/photographs/README.md says where it comes from).',
  );
}

/**
 * All files of an archive by their names, in order, with nothing unpacked to disk.
 *
 * @throws Error where the archive is missing; where it is damaged, unless partial data is allowed: then a remark is made
 */
export async function readArchive(
  archive: string,
  allowPartial: boolean,
  remarks: string[],
): Promise<Map<string, Buffer>> {
  if (!existsSync(archive)) {
    throw new Error(`Expected an archive at "${archive}", but there is no such file; check the path.`);
  }
  const members = new Map<string, Buffer>();
  try {
    for await (const { name, content } of readTarMembers(archive)) {
      members.set(name.replace(/^\.\//, ''), content);
    }
  } catch (error) {
    refuseOrRemark(
      allowPartial,
      remarks,
      `The archive "${basename(archive)}" ends early or is damaged after ${members.size} files (${(error as Error).message})`,
    );
  }
  return members;
}

/** Notes that data is partial, or throws where that is not allowed. */
export function refuseOrRemark(allowPartial: boolean, remarks: string[], finding: string): void {
  if (!allowPartial) throw new Error(`${finding}; get the whole set, or allow partial data.`);
  remarks.push(`${finding}.`);
}

/**
 * One split, decoded or from the cache. Pictures that cannot be decoded are left out, counted, and remarked on.
 *
 * @param samples their metas are `PhotographMeta`
 */
export async function loadSplit(
  split: PhotographMeta['split'],
  samples: readonly Sample[],
  archive: string,
  options: PhotographOptions,
  remarks: string[],
): Promise<PictureSet> {
  const { size, fit = 'crop', cache = true, onProgress } = options;
  const counter = options.counter ?? new BadInputCounter();
  const load = () =>
    loadInMemory(counted(samples, counter), {
      size,
      fit,
      counter,
      onProgress: (loaded) => onProgress?.(split, loaded),
    });
  const folder = options.cacheFolder ?? join(projectRoot(), '.cache', 'pictures');
  const described = samples.map(({ key, texts, meta }) => ({ key, texts, meta }));
  const set = cache
    ? await cachedSet(folder, await cacheKey([archive], { size, fit, described }), load, counter)
    : await load();
  const usable = new Set(set.keys);
  const broken = samples.map(({ key }) => key).filter((key) => !usable.has(key));
  if (broken.length > 0) {
    const finding = `${broken.length} of ${samples.length} ${split} pictures cannot be decoded`;
    remarks.push(`${finding} (${nameSome(broken)}).`);
  }
  return set;
}

function* counted(samples: readonly Sample[], counter: BadInputCounter): Generator<Sample> {
  for (const sample of samples) {
    counter.saw();
    yield sample;
  }
}

/** The first three names, and whether there are more. */
export function nameSome(names: readonly string[]): string {
  return names.slice(0, 3).join(', ') + (names.length > 3 ? ', …' : '');
}

/** A task's `seen` flags: does the class have a training picture? */
export function seenIn(train: PictureSet, id: string, classes: readonly string[]): boolean[] {
  const labels = new Set(train.metas.map((meta) => (meta as Partial<PhotographMeta>).tasks?.[id]));
  return classes.map((_, label) => labels.has(label));
}
