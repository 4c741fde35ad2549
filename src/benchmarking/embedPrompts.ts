import { join } from 'node:path';
import type { Prompts } from '../benchmarks';
import { classWeights, type Embeddings, selectRows } from '../evaluation';
import { EmbeddingInterruptedError, embedToFile, type LoadedClip, openEmbeddingFile } from '../inference';
import { embeddingFolder, readRows } from './embeddingCache';
import type { EmbedOptions } from './embedSplit';
import { hashOf } from './hashes';
import { type ModelRecord, textsKey } from './modelRecord';

/** Classes between two places to go on from. */
const BLOCK = 8;

/**
 * The zero-shot classifier of a benchmark, `[classes, width]`, see `classWeights`; kept and gone on with as the pictures' rows
 * are. A name that several classes have is embedded once, so that they tie exactly.
 *
 * @throws as `classWeights` does
 */
export async function embedClasses(
  clip: LoadedClip,
  model: ModelRecord,
  { classes, templates }: Prompts,
  { cache, signal, onProgress }: EmbedOptions = {},
): Promise<Embeddings> {
  const distinct = [...new Set(classes)];
  const settings = { ...textsKey(model), classes: hashOf(distinct), templates: hashOf(templates) };
  const path = join(embeddingFolder(settings, cache), 'classes.npy');
  const file = await openEmbeddingFile(path, clip.config.embedDim, settings);
  try {
    for await (const names of blocks(file.remaining(distinct, (name) => name))) {
      const embeddings = await classWeights(clip.encodeTexts, names, templates);
      file.append({ inputs: names.map((key) => ({ key })), embeddings });
      onProgress?.(file.rows);
      if (signal?.aborted) throw new EmbeddingInterruptedError(`Stopped after ${file.rows} classes.`);
    }
    file.finish();
  } finally {
    file.close();
  }
  const placeOf = new Map(distinct.map((name, place) => [name, place]));
  return selectRows(
    readRows(path),
    classes.map((name) => placeOf.get(name)!),
  );
}

/** The captions of a benchmark, `[captions, width]`, kept likewise. */
export async function embedCaptions(
  clip: LoadedClip,
  model: ModelRecord,
  captions: readonly string[],
  { cache, signal, onProgress }: EmbedOptions = {},
): Promise<Embeddings> {
  const settings = { ...textsKey(model), captions: hashOf(captions) };
  const path = join(embeddingFolder(settings, cache), 'captions.npy');
  const file = await openEmbeddingFile(path, clip.config.embedDim, settings);
  await embedToFile(clip, { texts: captions }, file, { signal, onProgress }).finally(file.close);
  return readRows(path);
}

async function* blocks(names: AsyncIterable<string>): AsyncGenerator<string[]> {
  let block: string[] = [];
  for await (const name of names) {
    block.push(name);
    if (block.length < BLOCK) continue;
    yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}
