import { existsSync } from 'node:fs';
import { isPattern } from '../data/shards';
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
 * A published set by its id, or one's own data by their path, which may be a pattern of shards; where both are there, the id
 * counts, and `./cifar10` is the path.
 *
 * ```ts
 * const { benchmark, folder } = await openBenchmark('birds-{000..003}.tar', {}, { classNames: 'birds.txt' });
 * ```
 *
 * @param own for one's own data only
 * @throws as `ownBenchmark` does; where there is no such path, as `benchmarkOf` does
 */
export async function openBenchmark(
  idOrPath: string,
  places: BenchmarkPlaces = {},
  own: OwnDataOptions = {},
): Promise<OpenBenchmark> {
  const isPublished = BENCHMARKS.some(({ id }) => id === idOrPath);
  const isPath = !isPublished && (existsSync(idOrPath) || isPattern(idOrPath));
  if (isPath) return { benchmark: await ownBenchmark(idOrPath, own), folder: idOrPath };
  return { benchmark: benchmarkOf(idOrPath), folder: benchmarkFolder(idOrPath, places) };
}
