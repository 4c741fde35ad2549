import { join } from 'node:path';
import type { Prompts } from '../benchmarks';
import { classWeights, type Embeddings, selectRows } from '../evaluation';
import {
  type EmbeddingJob,
  type EmbeddingJobOptions,
  inBatches,
  type LoadedClip,
  runEmbeddingJob,
  textsJob,
} from '../inference';
import { embeddingFolder, readRows } from './embeddingCache';
import { hashOf } from './hashes';
import { type ModelRecord, textsKey } from './modelRecord';

/** Classes between two places to go on from. */
const BLOCK = 8;

/** As in `downloadSettings`. */
interface Cache {
  cache?: string;
}

/**
 * The zero-shot classifier of a benchmark, `[classes, width]`, see `classWeights`; kept and gone on with as the pictures' rows
 * are. A name that several classes have is embedded once, so that they tie exactly.
 *
 * @throws as `classWeights` does
 */
export async function embedClasses(
  clip: LoadedClip,
  model: ModelRecord,
  prompts: Prompts,
  { cache, ...options }: Cache & EmbeddingJobOptions = {},
): Promise<Embeddings> {
  const job = classesJob(clip, model, prompts, cache);
  await runEmbeddingJob(job, options);
  const placeOf = new Map(distinctOf(prompts).map((name, place) => [name, place]));
  return selectRows(
    readRows(job.path),
    prompts.classes.map((name) => placeOf.get(name)!),
  );
}

/** A row for each name that a class has. */
export function classesJob(
  clip: LoadedClip,
  model: ModelRecord,
  prompts: Prompts,
  cache?: string,
): EmbeddingJob<string> {
  const { templates } = prompts;
  const distinct = distinctOf(prompts);
  const settings = { ...textsKey(model), classes: hashOf(distinct), templates: hashOf(templates) };
  async function* encode(names: AsyncIterable<string>) {
    for await (const some of inBatches(names, BLOCK)) {
      const embeddings = await classWeights(clip.encodeTexts, some, templates);
      yield { inputs: some.map((key) => ({ key })), embeddings };
    }
  }
  return {
    path: join(embeddingFolder(settings, cache), 'classes.npy'),
    width: clip.config.embedDim,
    settings,
    inputs: distinct,
    keyOf: (name) => name,
    batchSize: BLOCK,
    encode,
  };
}

const distinctOf = ({ classes }: Prompts) => [...new Set(classes)];

/** The captions of a benchmark, `[captions, width]`, kept likewise. */
export async function embedCaptions(
  clip: LoadedClip,
  model: ModelRecord,
  captions: readonly string[],
  { cache, ...options }: Cache & EmbeddingJobOptions = {},
): Promise<Embeddings> {
  const job = captionsJob(clip, model, captions, cache);
  await runEmbeddingJob(job, options);
  return readRows(job.path);
}

/** A row for each caption. */
export function captionsJob(
  clip: LoadedClip,
  model: ModelRecord,
  captions: readonly string[],
  cache?: string,
): EmbeddingJob<string> {
  const settings = { ...textsKey(model), captions: hashOf(captions) };
  return textsJob(clip, captions, { path: join(embeddingFolder(settings, cache), 'captions.npy'), settings });
}
