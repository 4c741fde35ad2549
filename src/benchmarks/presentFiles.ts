import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark, BenchmarkFile } from './benchmark';
import { findFile } from './benchmarkFiles';

/** A file of a benchmark and how it is here: as published, unpacked, as another file that does as well, or not at all. */
export interface PresentFile {
  file: BenchmarkFile;
  /** Where it is, or goes. */
  path: string;
  state: 'here' | 'unpacked' | 'instead' | 'missing';
  /** Of a single file that is here. */
  bytes?: number;
}

/**
 * What is here of a benchmark.
 *
 * @param folder as `benchmarkFolder` says it
 * @param split only the files that it needs; default all
 * @throws Error where the benchmark has no such split
 */
export function presentFiles(benchmark: Benchmark, folder: string, split?: string): PresentFile[] {
  return filesOf(benchmark, split).map((file) => {
    const path = findFile(folder, file);
    if (!path) return { file, path: join(folder, file.name), state: 'missing' };
    const found = statSync(path);
    if (!found.isFile()) return { file, path, state: 'unpacked' };
    return { file, path, state: path === join(folder, file.name) ? 'here' : 'instead', bytes: found.size };
  });
}

/** The splits of a benchmark for which every file is here. */
export function readableSplits(benchmark: Benchmark, folder: string): string[] {
  const isMissing = ({ state }: PresentFile) => state === 'missing';
  return Object.keys(benchmark.splits).filter(
    (split) => existsSync(folder) && !presentFiles(benchmark, folder, split).some(isMissing),
  );
}

/** @throws Error where the benchmark has no such split, naming those it has */
export function checkSplit({ title, splits, tested }: Benchmark, split: string): void {
  if (Object.hasOwn(splits, split)) return;
  const known = Object.keys(splits).join(', ');
  throw new Error(`${title} has no split "${split}"; it has ${known}, and tables report ${tested}.`);
}

function filesOf(benchmark: Benchmark, split?: string): readonly BenchmarkFile[] {
  if (split === undefined) return benchmark.files;
  checkSplit(benchmark, split);
  return benchmark.files.filter(({ splits }) => !splits || splits.includes(split));
}
