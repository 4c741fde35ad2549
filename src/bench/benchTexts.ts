import { join } from 'node:path';
import { readWebDataset } from '../data';
import { projectRoot } from '../data/projectRoot';
import { createRandom } from '../engine/random';
import type { TokenBatch } from '../models';
import { createTokenizer, type Tokenizer } from '../text';

/**
 * `real`: descriptions of the embedded pictograms, half of which have 12 tokens or fewer and one in twenty 22 or more, start and
 * end included. `full`: as long as the model reads.
 */
export type TextLength = 'real' | 'full';

/** The embedded pictograms' descriptions, in an order that is always the same; as many as asked for, at most some 8,000. */
export async function realTexts(count: number): Promise<string[]> {
  descriptions ??= readDescriptions();
  return (await descriptions).slice(0, count);
}

let descriptions: Promise<string[]> | undefined;

async function readDescriptions(): Promise<string[]> {
  const shards = join(projectRoot(), 'data', 'pictograms', 'train-*.tar.gz');
  const texts: string[] = [];
  for await (const sample of readWebDataset(shards, { textFields: ['description'] })) {
    texts.push(...sample.texts.slice(0, 1));
  }
  return createRandom('texts').shuffle(texts);
}

/** Token ids of so many texts. */
export async function benchTokens(
  length: TextLength,
  count: number,
  sizes: { contextLength: number; vocabSize: number },
): Promise<TokenBatch> {
  const tokenizer = createTokenizer(sizes);
  return length === 'real' ? tokenizer.tokenize(await realTexts(count)) : fullTokens(count, tokenizer);
}

/** Rows of random tokens without padding. */
export function fullTokens(count: number, { contextLength, startToken, endToken }: Tokenizer): TokenBatch {
  const random = createRandom('tokens');
  const ids = new Int32Array(count * contextLength);
  for (let at = 0; at < ids.length; at++) {
    const place = at % contextLength;
    const inner = 1 + Math.floor(random.uniform() * (startToken - 1));
    ids[at] = place === 0 ? startToken : place === contextLength - 1 ? endToken : inner;
  }
  return { ids, lengths: new Int32Array(count).fill(contextLength) };
}

/** Rows of ids, as JSON holds them. */
export function idRows({ ids, lengths }: TokenBatch): number[][] {
  const width = ids.length / lengths.length;
  return Array.from(lengths, (_, row) => [...ids.subarray(row * width, (row + 1) * width)]);
}
