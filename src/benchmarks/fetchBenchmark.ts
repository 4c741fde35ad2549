import { statSync } from 'node:fs';
import { AbsentFileError } from '../files/downloadError';
import { downloadSettings } from '../files/downloadSettings';
import { type FetchOptions, type FilePlace, fetchFirst } from '../files/fetchFirst';
import { requireSpace } from '../files/freeSpace';
import type { Benchmark } from './benchmark';
import { type BenchmarkPlaces, benchmarkFolder } from './places';
import { type PresentFile, presentFiles } from './presentFiles';

export interface FetchBenchmarkOptions extends FetchOptions, BenchmarkPlaces {
  /** Only the files that this split needs; default all. */
  split?: string;
}

/** A file of a benchmark that is here now. */
export interface FetchedFile {
  name: string;
  path: string;
  /** Absent where it is here unpacked or as another file, which nobody can prove. */
  bytes?: number;
  sha256?: string;
  /** Was it fetched now, or was it there? */
  isNew: boolean;
}

export interface FetchedBenchmark {
  folder: string;
  files: FetchedFile[];
  /** For each file that is not here and cannot be fetched, a sentence that says what to place where. */
  lacking: string[];
}

/**
 * Brings the files of a benchmark to this machine, each proven by what is published of it; what lies there as published is
 * proven too, what lies there in another form is left as it is. A file that cannot be had does not keep the others.
 *
 * ```ts
 * const { folder } = await fetchBenchmark(benchmarkOf('cifar10'));
 * ```
 *
 * @throws Error where there is no such split; {DownloadError} where a file is the wrong one, or cannot be written, or there
 *   is no room for all; {DownloadInterruptedError}
 */
export async function fetchBenchmark(
  benchmark: Benchmark,
  options: FetchBenchmarkOptions = {},
): Promise<FetchedBenchmark> {
  const folder = benchmarkFolder(benchmark.id, options);
  const present = presentFiles(benchmark, folder, options.split);
  if (!downloadSettings(options).offline) requireSpace(folder, bytesToCome(present));
  const files: FetchedFile[] = [];
  const lacking: string[] = [];
  for (const one of present) {
    const { name } = one.file;
    if (one.state === 'unpacked' || one.state === 'instead') {
      files.push({ name, path: one.path, isNew: false });
      continue;
    }
    try {
      const what = `${benchmark.title} named "${name}"`;
      files.push({ name, ...(await fetchFirst(what, [placeOf(benchmark, one)], options)) });
    } catch (error) {
      if (!(error instanceof AbsentFileError)) throw error;
      lacking.push(error.message);
    }
  }
  return { folder, files, lacking };
}

/** A benchmark's file on the web and here, with what is published of it. */
export function placeOf({ page }: Pick<Benchmark, 'page'>, { file, path }: PresentFile): FilePlace {
  const { address, sha256, md5, bytes } = file;
  return { address, page: file.page ?? page, path, sha256, md5, bytes };
}

/** What is still to be fetched, as far as sizes are published. */
function bytesToCome(present: readonly PresentFile[]): number {
  const missing = present.filter(({ state, file }) => state === 'missing' && file.address);
  return missing.reduce((sum, { file, path }) => {
    const begun = statSync(`${path}.partial`, { throwIfNoEntry: false })?.size ?? 0;
    return sum + Math.max(0, (file.bytes ?? 0) - begun);
  }, 0);
}
