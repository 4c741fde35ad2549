import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Benchmark, benchmarkFiles } from '../benchmarks';
import type { Embeddings } from '../evaluation';
import { writeFileAtomically } from '../files';
import { type EmbedToFileOptions, embedToFile, type LoadedClip, openEmbeddingFile } from '../inference';
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

export interface EmbedOptions
  extends Pick<EmbedToFileOptions, 'batchSize' | 'signal' | 'onProgress' | 'onSkip'> {
  /** As in `downloadSettings`. */
  cache?: string;
  /** Told of rows that an earlier call made. */
  onKept?: (rows: number) => void;
}

/**
 * Embeds the pictures of a split, or takes what an earlier call made of the same model, preparation and files: then nothing
 * is read but the rows. Memory holds the rows and two batches of pictures; an interrupted call is gone on with.
 *
 * @throws as the benchmark's reader and `embedToFile` do
 */
export async function embedSplit(
  clip: LoadedClip,
  model: ModelRecord,
  source: SplitSource,
  options: EmbedOptions = {},
): Promise<EmbeddedSplit> {
  const { benchmark, split, files, sample } = source;
  const settings = { ...picturesKey(model), benchmark: benchmark.id, split, files, sample };
  const folder = embeddingFolder(settings, options.cache);
  const [matrix, list] = [join(folder, 'pictures.npy'), join(folder, 'split.json')];
  if (!existsSync(list)) {
    const pictures = await embedPictures(clip, source, { matrix, settings }, options);
    writeFileAtomically(list, [JSON.stringify(pictures)]);
  }
  return { ...JSON.parse(readFileSync(list, 'utf8')), embeddings: readRows(matrix) };
}

async function embedPictures(
  clip: LoadedClip,
  { benchmark, split, folder, sample }: SplitSource,
  { matrix, settings }: { matrix: string; settings: Record<string, unknown> },
  { onKept, ...options }: EmbedOptions,
): Promise<SplitPictures> {
  const absent: string[] = [];
  const targets: SplitPictures['targets'] = [];
  async function* pictures() {
    const places = sample && sampledPlaces(sample);
    let place = 0;
    for await (const picture of benchmark.read(benchmarkFiles(folder, benchmark, absent), split)) {
      if (places && !places.has(place++)) continue;
      targets.push('label' in picture ? picture.label : picture.texts);
      yield picture;
    }
  }
  const file = await openEmbeddingFile(matrix, clip.config.embedDim, settings);
  if (file.before.rows > 0) onKept?.(file.before.rows);
  const input = { pictures: pictures() };
  await embedToFile(clip, input, file, { ...options, damaged: 'skip' }).finally(file.close);
  return { ...(await rowsOf(matrix, targets)), absent };
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
