import { statSync } from 'node:fs';
import {
  BENCHMARKS,
  type Benchmark,
  type BenchmarkPlaces,
  benchmarkFolder,
  benchmarkOf,
  type FetchBenchmarkOptions,
  fetchBenchmark,
  type PresentFile,
  placeOf,
  presentFiles,
} from '../benchmarks';
import { downloadSettings } from '../files/downloadSettings';
import { type FilePlace, presentPlace } from '../files/fetchFirst';
import { fetchTokenizer, fetchWeights, tokenizerPlaces } from '../models/fetchWeights';
import { weightNames, weightsOf } from '../models/weights';
import { weightsPlaces } from '../models/weightsPlaces';
import { zooConfig } from '../models/zoo';

/** Weights that can be fetched, with the files of them that are here: the weights first, then the tokenizer's. */
export interface CachedWeights {
  kind: 'weights';
  name: string;
  licence: string | null;
  files: { path: string; bytes: number; sha256: string | null }[];
  /** What the files here must be. */
  places: FilePlace[];
}

/** A benchmark, with how each of its files is here. */
export interface CachedBenchmark {
  kind: 'benchmark';
  name: string;
  licence: string;
  benchmark: Benchmark;
  folder: string;
  files: PresentFile[];
  /** What the files here must be; those that lie here in another form cannot be proven. */
  places: FilePlace[];
}

/** Something published, and what is here of it. */
export type CachedItem = CachedWeights | CachedBenchmark;

/** All that is published, as far as clipbook knows. */
export function cachedItems(places: BenchmarkPlaces = {}): CachedItem[] {
  const names = [...weightNames(), ...BENCHMARKS.map(({ id }) => id)];
  return names.map((name) => cachedItem(name, places));
}

/**
 * @param name `MODEL:TAG`, or a benchmark's id
 * @throws as `weightsOf` and `benchmarkOf` do
 */
export function cachedItem(name: string, places: BenchmarkPlaces = {}): CachedItem {
  const benchmark = benchmarkNamed(name);
  return benchmark ? cachedBenchmark(benchmark, places) : cachedWeights(name, places.cache);
}

/** Is anything of it here? */
export function isHere(item: CachedItem): boolean {
  return item.kind === 'weights'
    ? item.files.length > 0
    : item.files.some(({ state }) => state !== 'missing');
}

/** An item of which something is here. Throws Error saying how it is fetched where nothing is, and as `cachedItem` does. */
export function presentItem(name: string, places: BenchmarkPlaces = {}): CachedItem {
  const item = cachedItem(name, places);
  if (isHere(item)) return item;
  const where = item.kind === 'weights' ? 'in the cache' : `in "${item.folder}"`;
  throw new Error(`${name} is not ${where}; run "clipbook data fetch ${name}".`);
}

/** The benchmark of a name; undefined where the name is one of weights. */
function benchmarkNamed(name: string): Benchmark | undefined {
  const isModel = name.includes(':') || weightNames().some((known) => known.startsWith(`${name}:`));
  return isModel ? undefined : benchmarkOf(name);
}

function cachedBenchmark(benchmark: Benchmark, options: BenchmarkPlaces): CachedBenchmark {
  const { id: name, licence } = benchmark;
  const folder = benchmarkFolder(name, options);
  const files = presentFiles(benchmark, folder);
  const places = files.filter(({ state }) => state === 'here').map((file) => placeOf(benchmark, file));
  return { kind: 'benchmark', name, licence, benchmark, folder, files, places };
}

function cachedWeights(name: string, cache?: string): CachedWeights {
  const folder = downloadSettings({ cache }).cache;
  const weights = weightsOf(name);
  const present = presentPlace(weightsPlaces(weights, folder));
  const tokenizer = present && tokenizerOf(weights.model);
  const others = tokenizer ? tokenizerPlaces(tokenizer, folder) : [];
  const found = [...(present ? [present] : []), ...others].flatMap((place) => {
    const bytes = statSync(place.path, { throwIfNoEntry: false })?.size;
    return bytes === undefined ? [] : [{ place, bytes }];
  });
  const files = found.map(({ place: { path, sha256 = null }, bytes }) => ({ path, bytes, sha256 }));
  return { kind: 'weights', name, licence: weights.licence, files, places: found.map(({ place }) => place) };
}

const tokenizerOf = (model: string) => zooConfig(model).text.hfTokenizerName;

/** Brings weights, with the tokenizer if the model has not CLIP's, or a benchmark's files to this machine. */
export async function fetchItem(name: string, options: FetchBenchmarkOptions) {
  const benchmark = benchmarkNamed(name);
  if (benchmark) {
    const fetched = await fetchBenchmark(benchmark, options);
    return { kind: 'benchmark' as const, name, licence: benchmark.licence, ...fetched };
  }
  const { licence, model } = weightsOf(name);
  const fetched = await fetchWeights(name, options);
  const tokenizer = tokenizerOf(model);
  const more = tokenizer && { tokenizer: await fetchTokenizer(tokenizer, options) };
  return { kind: 'weights' as const, name, licence, ...fetched, ...more };
}
