import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type FileTree, openTree } from '../files/fileTree';
import type { BenchmarkFile } from './benchmark';

/** The files of one benchmark on this machine, and what was found absent while they were read. */
export interface BenchmarkFiles {
  /**
   * An archive, or the folder that it was unpacked to.
   *
   * @param name as in the benchmark's `files`
   * @throws Error that says what to place where
   */
  tree(name: string): Promise<FileTree>;
  /** The path of a file that is no archive; throws as `tree` does. */
  path(name: string): string;
  /** Where a file lies in whatever form, as published, unpacked or instead; throws as `tree` does. */
  place(name: string): string;
  /** Notes a picture that the benchmark's own lists name and its archive lacks. */
  absent(key: string): void;
}

/** What is wanted of `findFile`. */
type Wanted = Pick<BenchmarkFile, 'name' | 'unpacked' | 'instead'>;

/**
 * The place of a benchmark's file in its folder: the file itself, or what it was unpacked to, or a file that does as well;
 * undefined if none is there.
 */
export function findFile(folder: string, { name, unpacked, instead = [] }: Wanted): string | undefined {
  const places = [name, ...(unpacked ? [unpacked] : []), ...instead].map((place) => join(folder, place));
  return places.find((place) => existsSync(place));
}

/**
 * The files of a benchmark in a folder, where they lie as published or unpacked in place.
 *
 * @param benchmark for its list of files and for errors
 * @param absentKeys gets what `absent` is told
 */
export function benchmarkFiles(
  folder: string,
  benchmark: { id: string; title: string; page: string; files: readonly BenchmarkFile[] },
  absentKeys: string[] = [],
): BenchmarkFiles {
  const place = (name: string): string => {
    const file = benchmark.files.find((one) => one.name === name);
    if (!file) throw new Error(`${benchmark.title} has no file "${name}".`);
    const found = findFile(folder, file);
    if (found) return found;
    const source = file.address ?? file.page ?? benchmark.page;
    const or = [
      file.unpacked ? `, or what it unpacks to as "${join(folder, file.unpacked)}"` : '',
      ...(file.instead ?? []).map((other) => `, or "${other}" in its place`),
    ].join('');
    throw new Error(
      `Expected ${benchmark.title}'s "${name}" in "${folder}", but it is not there; get it from ${source} and put it there` +
        `${or} ("clipbook data fetch ${benchmark.id}" does so where its terms allow).`,
    );
  };
  return {
    tree: async (name) => openTree(place(name)),
    path: (name) => {
      const path = place(name);
      if (statSync(path).isFile()) return path;
      throw new Error(`Expected a file at "${path}", but it is a folder; put "${name}" itself there.`);
    },
    place,
    absent: (key) => {
      absentKeys.push(key);
    },
  };
}
