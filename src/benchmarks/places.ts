import { join } from 'node:path';
import { downloadSettings } from '../files/downloadSettings';

/** Where benchmarks lie: in a folder of one's own, else in the cache of downloaded files. */
export interface BenchmarkPlaces {
  /** Holds a folder for each benchmark, named by its id. */
  data?: string;
  /** As in `downloadSettings`, which says the default. */
  cache?: string;
}

/** The folder of a benchmark's files, there or not: `<data>/<id>`, else `<cache>/benchmarks/<id>`. */
export function benchmarkFolder(id: string, { data, cache }: BenchmarkPlaces = {}): string {
  return join(data ?? join(downloadSettings({ cache }).cache, 'benchmarks'), id);
}
