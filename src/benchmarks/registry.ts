import { nearest } from '../files/checkedJson';
import type { Benchmark } from './benchmark';
import { cifar10, cifar100 } from './cifar';
import { flickr30k } from './flickr30k';
import { mscocoCaptions } from './mscocoCaptions';

/** Every published set that clipbook reads. */
export const BENCHMARKS: readonly Benchmark[] = [cifar10, cifar100, mscocoCaptions, flickr30k];

/** @throws Error naming the sets that come near */
export function benchmarkOf(id: string): Benchmark {
  const found = BENCHMARKS.find((benchmark) => benchmark.id === id);
  if (found) return found;
  const ids = BENCHMARKS.map((benchmark) => benchmark.id);
  const near = nearest(id, ids);
  const hint = near ? `did you mean "${near}"? ` : '';
  throw new Error(`There is no benchmark "${id}"; ${hint}"clipbook data list" shows all.`);
}
