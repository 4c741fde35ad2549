import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Benchmark, benchmarkFiles } from '../benchmarks';
import type { Embeddings } from '../evaluation';
import { writeFileAtomically } from '../files';
import {
  type EmbeddingJobOptions,
  type LoadedClip,
  type PictureOptions,
  picturesJob,
  runEmbeddingJob,
} from '../inference';
import { journalLines } from '../inference/journal';
import { embeddingFolder, readRows } from './embeddingCache';
import type { FileIdentity } from './fileIdentity';
import { hashOf } from './hashes';
import { type ModelRecord, picturesKey } from './modelRecord';
import { type PictureSample, sampledPlaces } from './pictureSample';

/** What is known of a split's pictures beside their embeddings. */
export interface SplitPictures {
  /** What is right for each row: the class, or the captions. */
  targets: (number | string[])[];
  /** Hash of the names of all pictures in their order: two results with the same one judged the same pictures. */
  keys: string;
  /** Pictures that could not be decoded, with the reason. */
  damaged: { key: string; error: string }[];
  /** Pictures that the set's lists name and its archive lacks. */
  absent: string[];
}

export interface EmbeddedSplit extends SplitPictures {
  /** A row for each picture that could be decoded. */
  embeddings: Embeddings;
}

/** A split of a benchmark on this machine. */
export interface SplitSource {
  benchmark: Benchmark;
  split: string;
  /** The folder of its files, and who they are. */
  folder: string;
  files: readonly FileIdentity[];
  /** Some of its pictures only. */
  sample?: PictureSample;
}

export interface EmbedOptions extends EmbeddingJobOptions, Pick<PictureOptions, 'batchSize'> {
  /** As in `downloadSettings`. */
  cache?: string;
}

/**
 * Embeds the pictures of a split, or takes what an earlier call made of the same model, preparation and files: then nothing
 * is read but the rows. Memory holds the rows and two batches of pictures; an interrupted call is gone on with.
 *
 * @throws as the benchmark's reader and `runEmbeddingJob` do
 */
export async function embedSplit(
  clip: LoadedClip,
  model: ModelRecord,
  source: SplitSource,
  options: Omit<EmbedOptions, 'share'> = {},
): Promise<EmbeddedSplit> {
  const cached = cachedSplit(model, source, options);
  const pictures = readList(cached) ?? (await embedPictures(clip, source, cached, options)).whole;
  return { ...(pictures as SplitPictures), embeddings: readRows(cached.path) };
}

/**
 * Embeds a part of a split's pictures beside processes that embed the others; throws as `embedSplit` does.
 *
 * @returns what is right for each picture, also of those that cannot be decoded, which only who embeds them knows
 */
export async function embedShareOfSplit(
  clip: LoadedClip,
  model: ModelRecord,
  source: SplitSource,
  options: EmbedOptions,
): Promise<SplitPictures['targets']> {
  const cached = cachedSplit(model, source, options);
  const known = readList(cached);
  if (known?.damaged.length === 0) return known.targets;
  return (await embedPictures(clip, source, cached, options)).targets;
}

/** Where a split's rows are kept, and what decides them. */
interface CachedSplit {
  path: string;
  list: string;
  settings: Record<string, unknown>;
}

function cachedSplit(
  model: ModelRecord,
  { benchmark, split, files, sample }: SplitSource,
  { cache }: EmbedOptions,
): CachedSplit {
  const settings = { ...picturesKey(model), benchmark: benchmark.id, split, files, sample };
  const folder = embeddingFolder(settings, cache);
  return { path: join(folder, 'pictures.npy'), list: join(folder, 'split.json'), settings };
}

function readList({ list }: CachedSplit): SplitPictures | undefined {
  return existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : undefined;
}

/** @returns what is right for each picture, and what is known of the split where it is whole */
async function embedPictures(
  clip: LoadedClip,
  source: SplitSource,
  { path, list, settings }: CachedSplit,
  { batchSize, cache, ...options }: EmbedOptions,
): Promise<{ targets: SplitPictures['targets']; whole?: SplitPictures }> {
  const { pictures, targets, absent } = readPictures(source);
  const job = picturesJob(clip, pictures, { path, settings }, { batchSize, damaged: 'skip' });
  const { missing } = await runEmbeddingJob(job, options);
  for await (const _ of pictures); // Where the rows were there already, nobody has looked.
  if (missing.length > 0) return { targets };
  const whole: SplitPictures = { ...(await rowsOf(path, targets)), absent };
  writeFileAtomically(list, [JSON.stringify(whole)]);
  return { targets, whole };
}

/** The pictures of a split, and on the way what is right for each, and which are absent. */
function readPictures({ benchmark, split, folder, sample }: SplitSource) {
  const absent: string[] = [];
  const targets: SplitPictures['targets'] = [];
  async function* read() {
    const places = sample && sampledPlaces(sample);
    let place = 0;
    for await (const picture of benchmark.read(benchmarkFiles(folder, benchmark, absent), split)) {
      if (places && !places.has(place++)) continue;
      targets.push('label' in picture ? picture.label : picture.texts);
      yield picture;
    }
  }
  return { pictures: read(), targets, absent };
}

/** Puts together what the list beside the matrix and the set's reader say of each picture. */
async function rowsOf(matrix: string, all: SplitPictures['targets']): Promise<Omit<SplitPictures, 'absent'>> {
  const keys: string[] = [];
  const damaged: SplitPictures['damaged'] = [];
  const targets: SplitPictures['targets'] = [];
  for await (const { key, error } of journalLines(matrix.replace(/npy$/, 'jsonl'))) {
    if (error === undefined) targets.push(all[keys.length]);
    else damaged.push({ key, error });
    keys.push(key);
  }
  return { targets, keys: hashOf(keys), damaged };
}
