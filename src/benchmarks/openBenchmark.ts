import { existsSync } from 'node:fs';
import type { Benchmark } from './benchmark';
import { type OwnDataOptions, ownBenchmark } from './ownData';
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
 * @param own for one's own data only
 * @throws as `ownBenchmark` does; where there is no such path, as `benchmarkOf` does
 */
export async function openBenchmark(
  idOrPath: string,
  places: BenchmarkPlaces = {},
  own: OwnDataOptions = {},
): Promise<OpenBenchmark> {
  const isPath = !BENCHMARKS.some(({ id }) => id === idOrPath) && existsSync(idOrPath);
  if (isPath) return { benchmark: await ownBenchmark(idOrPath, own), folder: idOrPath };
  return { benchmark: benchmarkOf(idOrPath), folder: benchmarkFolder(idOrPath, places) };
}
