import { statSync } from 'node:fs';
import { DownloadError } from '../files/downloadError';
import { downloadSettings } from '../files/downloadSettings';
import { type FetchOptions, type FilePlace, presentPlace } from '../files/fetchFirst';
import { provenFile } from '../files/provenFile';
import { fetchTokenizer, fetchWeights, tokenizerPlaces } from '../models/fetchWeights';
import { weightNames, weightsOf } from '../models/weights';
import { weightsPlaces } from '../models/weightsPlaces';
import { zooConfig } from '../models/zoo';

/** Something that can be fetched, with the files of it that are in the cache: the weights first, then the tokenizer's. */
export interface CachedItem {
  name: string;
  licence: string | null;
  files: { path: string; bytes: number; sha256: string | null }[];
}

/** All that can be fetched. */
export function cachedItems(cache?: string): CachedItem[] {
  return weightNames().map((name) => cachedItem(name, cache));
}

/** @throws as `weightsOf` does */
export function cachedItem(name: string, cache?: string): CachedItem {
  const folder = downloadSettings({ cache }).cache;
  const weights = weightsOf(name);
  const present = presentPlace(weightsPlaces(weights, folder));
  const tokenizer = present && tokenizerOf(weights.model);
  const others = tokenizer ? tokenizerPlaces(tokenizer, folder) : [];
  const files = [present, ...others].flatMap((place) => (place ? fileAt(place) : []));
  return { name, licence: weights.licence, files };
}

function fileAt({ path, sha256 }: FilePlace) {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size;
  return bytes === undefined ? [] : [{ path, bytes, sha256 }];
}

const tokenizerOf = (model: string) => zooConfig(model).text.hfTokenizerName;

/** Brings weights, and the tokenizer if the model has not CLIP's, into the cache. */
export async function fetchItem(name: string, options: FetchOptions) {
  const { licence, model } = weightsOf(name);
  const fetched = await fetchWeights(name, options);
  const tokenizer = tokenizerOf(model);
  if (tokenizer) return { name, licence, ...fetched, tokenizer: await fetchTokenizer(tokenizer, options) };
  return { name, licence, ...fetched };
}

export interface Verified {
  name: string;
  path: string;
  sha256?: string;
  /** A sentence; absent where the file is right. */
  flaw?: string;
}

/**
 * Reads files in the cache anew and compares checksums.
 *
 * @param names empty: all that are there
 * @throws if a named one is not there; DownloadInterruptedError
 */
export async function* verifyItems(
  names: readonly string[],
  { cache, signal, onFile, onProgress }: Pick<FetchOptions, 'cache' | 'signal' | 'onFile' | 'onProgress'>,
): AsyncGenerator<Verified> {
  const items = names.length ? names.map((name) => cachedItem(name, cache)) : cachedItems(cache);
  for (const { name, files } of items) {
    if (names.length && files.length === 0) {
      throw new Error(`${name} is not in the cache; run "clipbook data fetch ${name}".`);
    }
    for (const { path, sha256 } of files) {
      onFile?.({ path });
      try {
        const proof = await provenFile(path, { sha256, anew: true, signal, onProgress });
        yield { name, path, sha256: proof?.sha256 };
      } catch (error) {
        if (!(error instanceof DownloadError)) throw error;
        yield { name, path, flaw: error.message };
      }
    }
  }
}
