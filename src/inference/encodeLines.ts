import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { type Clip, encodeTexts } from '../models';
import type { TextTokenizer } from '../text';
import type { Arithmetic } from './arithmetic';
import { download, type EncodedBatch } from './encodePictures';

/** Texts encoded at a time. */
export const TEXT_BATCH = 64;

/** Embeds texts batch by batch, in their order; a text is its own key. */
export async function* encodeLines(
  model: Clip,
  tokenizer: TextTokenizer,
  source: AsyncIterable<string> | Iterable<string>,
  { run }: Pick<Arithmetic, 'run'>,
): AsyncGenerator<EncodedBatch> {
  let texts: string[] = [];
  const encode = (): EncodedBatch => ({
    inputs: texts.map((key) => ({ key })),
    embeddings: download(run(() => tf.tidy(() => encodeTexts(model, tokenizer.tokenize(texts)).first))),
  });
  for await (const text of source) {
    texts.push(text);
    if (texts.length < TEXT_BATCH) continue;
    yield encode();
    texts = [];
    await setImmediate(); // Batches alone never let the process hear of a signal.
  }
  if (texts.length > 0) yield encode();
}
