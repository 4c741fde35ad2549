import { BadInputCounter } from './badInput';
import { type DecodeOptions, decodeImage } from './decode';
import { mapConcurrently } from './streams';
import type { Sample } from './types';

/** A set of decoded pictures that fits in memory, with everything about them but the encoded bytes. */
export interface PictureSet {
  length: number;
  /** Side of the square pictures, in pixels. */
  size: number;
  /** RGB bytes, `[length, size, size, 3]`, row-major. */
  pixels: Uint8Array;
  keys: string[];
  /** All texts of each sample. */
  texts: string[][];
  metas: Record<string, unknown>[];
}

export interface LoadOptions extends Omit<DecodeOptions, 'key'> {
  /** Counts the pictures that cannot be decoded; give the source's own counter, so that one limit holds for both. */
  counter?: BadInputCounter;
  /** Called after each sample with the number loaded so far. */
  onProgress?: (loaded: number) => void;
}

const DECODES_UNDER_WAY = 8;

/**
 * Reads and decodes a whole source once; the samples keep its order.
 *
 * @throws Error where no sample is usable; TooManyBadSamplesError
 */
export async function loadInMemory(
  source: AsyncIterable<Sample> | Iterable<Sample>,
  { counter = new BadInputCounter(), onProgress, ...decoding }: LoadOptions,
): Promise<PictureSet> {
  const decoded = mapConcurrently(source, DECODES_UNDER_WAY, async ({ key, image, texts, meta }) => {
    const pixels = await decodeImage(image, { ...decoding, key }).catch((error: Error) => error);
    return { key, texts, meta, pixels };
  });
  const pictures: Uint8Array[] = [];
  const set: PictureSet = { length: 0, size: decoding.size, pixels: EMPTY, keys: [], texts: [], metas: [] };
  for await (const { key, texts, meta, pixels } of decoded) {
    if (pixels instanceof Error) {
      counter.skip(pixels);
      continue;
    }
    pictures.push(pixels);
    set.keys.push(key);
    set.texts.push(texts);
    set.metas.push(meta);
    set.length++;
    onProgress?.(set.length);
  }
  if (set.length === 0) {
    throw new Error(`Expected at least one usable sample, but ${counter.describe()}; check the source.`);
  }
  set.pixels = joinBytes(pictures);
  return set;
}

const EMPTY = new Uint8Array(0);

/** The arrays one after another. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
