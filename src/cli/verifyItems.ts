import {
  type BenchmarkPlaces,
  checkSplit,
  differencesFrom,
  readableSplits,
  surveySplit,
} from '../benchmarks';
import { DownloadError } from '../files/downloadError';
import type { FetchOptions } from '../files/fetchFirst';
import { provenFile } from '../files/provenFile';
import { type CachedBenchmark, type CachedItem, cachedItems, isHere, presentItem } from './cachedItems';

/** A file that was read again, or a benchmark's split that was counted. */
export interface Verified {
  name: string;
  path: string;
  sha256?: string;
  /** Of a split: what was found in it. */
  counted?: { split: string; pictures: number; classes: number; captions: number };
  /** A sentence; absent where everything is right. */
  flaw?: string;
}

export interface VerifyOptions
  extends BenchmarkPlaces,
    Pick<FetchOptions, 'signal' | 'onFile' | 'onProgress'> {
  /** Also counts the pictures of benchmarks, by reading them. */
  deep?: boolean;
  /** Of benchmarks, the only split to count; default every one whose files are here. */
  split?: string;
  /** Told before a split is read, and how many pictures have been counted. */
  onSplit?: (name: string, split: string, pictures: number | undefined) => void;
  onPicture?: (pictures: number) => void;
}

/**
 * Reads files anew and compares checksums.
 *
 * @param names empty: all that are there
 * @throws if a named one is not there; DownloadInterruptedError
 */
export async function* verifyItems(
  names: readonly string[],
  options: VerifyOptions,
): AsyncGenerator<Verified> {
  const items = names.length
    ? names.map((name) => presentItem(name, options))
    : cachedItems(options).filter(isHere);
  for (const item of items) {
    yield* verifyFiles(item, options);
    if (item.kind === 'benchmark' && options.deep) yield* verifySplits(item, options);
  }
}

async function* verifyFiles({ name, places }: CachedItem, options: VerifyOptions): AsyncGenerator<Verified> {
  const { signal, onFile, onProgress } = options;
  for (const place of places) {
    onFile?.(place);
    const { path } = place;
    try {
      const proof = await provenFile(path, { ...place, anew: true, signal, onProgress });
      yield { name, path, sha256: proof?.sha256 };
    } catch (error) {
      if (!(error instanceof DownloadError)) throw error;
      yield { name, path, flaw: error.message };
    }
  }
}

/** Of a benchmark that lacks files the tested split is read, too: what it misses becomes the flaw. */
async function* verifySplits(item: CachedBenchmark, options: VerifyOptions): AsyncGenerator<Verified> {
  const { name, benchmark, folder: path } = item;
  const { split: asked, signal, onSplit, onPicture } = options;
  if (asked) checkSplit(benchmark, asked);
  const readable = readableSplits(benchmark, path);
  const splits = asked ? [asked] : readable.length ? readable : [benchmark.tested];
  for (const split of splits) {
    onSplit?.(name, split, benchmark.splits[split]);
    try {
      const survey = await surveySplit(benchmark, path, split, { signal, onProgress: onPicture });
      const { pictures, perClass, captions } = survey;
      const counted = { split, pictures, classes: perClass.length, captions };
      const flaw = differencesFrom(benchmark, survey).join(' ') || undefined;
      yield { name, path, counted, flaw };
    } catch (error) {
      if ((error as Error).name === 'RunInterruptedError') throw error;
      yield { name, path, flaw: (error as Error).message };
    }
  }
}
