import { existsSync } from 'node:fs';
import type { Benchmark } from './benchmark';
import { ownBenchmark } from './ownData';
import { type BenchmarkPlaces, benchmarkFolder } from './places';
import { BENCHMARKS, benchmarkOf } from './registry';

/** A benchmark and the folder of its files. */
export interface OpenBenchmark {
  benchmark: Benchmark;
  folder: string;
}

/**
 * A published set by its id, or one's own data by their path; where both are there, the id counts, and `./cifar10` is the path.
 *
 * @throws as `ownBenchmark` does; where there is no such path, as `benchmarkOf` does
 */
export async function openBenchmark(idOrPath: string, places: BenchmarkPlaces = {}): Promise<OpenBenchmark> {
  const isPath = !BENCHMARKS.some(({ id }) => id === idOrPath) && existsSync(idOrPath);
  if (isPath) return { benchmark: await ownBenchmark(idOrPath), folder: idOrPath };
  return { benchmark: benchmarkOf(idOrPath), folder: benchmarkFolder(idOrPath, places) };
}
