import { type Benchmark, benchmarkFiles, checkSplit } from '../benchmarks';
import { expandGroups } from './groups';
import { type OwnPrompts, openSet } from './openSet';

/** Which test sets, and where they lie. */
export interface SetChoice extends OwnPrompts {
  /** Ids of benchmarks (`cifar10`), names of groups (`dalip`, `alip`), paths of one's own data. */
  benchmarks: readonly string[];
  /** Default each benchmark's own. */
  split?: string;
  /** Where the benchmarks' files lie, see `benchmarkFolder`. */
  data?: string;
  /** Where embeddings are kept and files are fetched to, see `downloadSettings`. */
  cache?: string;
  /** Goes on where pictures, or whole benchmarks, are missing; results say so. Default false. */
  allowPartial?: boolean;
}

/** A benchmark on this machine. */
export interface PresentSet {
  benchmark: Benchmark;
  folder: string;
  split: string;
}

/**
 * Finds the test sets asked for and reads the first picture of each, so that a long evaluation does not end at a set that
 * is not there.
 *
 * @param onMissing is told of sets that are missing where partial data are allowed
 * @throws as `benchmarkOf` and the benchmarks' readers do
 */
export async function findSets(
  { benchmarks, split, data, cache, allowPartial, ...own }: SetChoice,
  onMissing: (benchmark: Benchmark, reason: string) => void,
): Promise<PresentSet[]> {
  const sets: PresentSet[] = [];
  for (const id of expandGroups(benchmarks)) {
    const { benchmark, folder } = await openSet(id, { data, cache }, own);
    const set = { benchmark, folder, split: split ?? benchmark.tested };
    checkSplit(benchmark, set.split);
    try {
      await readFirst(set);
      sets.push(set);
    } catch (error) {
      if (!allowPartial) throw error;
      onMissing(benchmark, (error as Error).message);
    }
  }
  return sets;
}

async function readFirst({ benchmark, folder, split }: PresentSet): Promise<void> {
  for await (const _ of benchmark.read(benchmarkFiles(folder, benchmark), split)) return;
  throw new Error(`Expected pictures of ${benchmark.title}, ${split}, in "${folder}", but found none.`);
}
