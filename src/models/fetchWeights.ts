import { dirname, join } from 'node:path';
import type { Download } from '../files/download';
import { downloadSettings } from '../files/downloadSettings';
import { type FetchOptions, type FilePlace, fetchFirst } from '../files/fetchFirst';
import { weightsOf } from './weights';
import { hubAddress, weightsPlaces } from './weightsPlaces';

/**
 * The file of published weights: from the cache, where it is proven by its checksum, else from the best of its sources
 * that has it.
 *
 * ```ts
 * const { path } = await fetchWeights('ViT-B-32:openai');
 * const file = await openWeights(path);
 * ```
 *
 * @param name as `weightsOf` takes it
 * @throws as `weightsOf` and `fetchFirst` do
 */
export function fetchWeights(name: string, options: FetchOptions = {}): Promise<Download> {
  const places = weightsPlaces(weightsOf(name), downloadSettings(options).cache);
  return fetchFirst(name, places, options);
}

/** What a tokenizer of the Hugging Face Hub consists of. */
const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json'];

/** Where the files of a tokenizer are: `<cache>/tokenizers/timm/ViT-B-16-SigLIP/tokenizer.json`. */
export function tokenizerPlaces(repository: string, cache: string): FilePlace[] {
  return TOKENIZER_FILES.map((file) => {
    const address = hubAddress(repository, file);
    const path = join(cache, 'tokenizers', ...repository.split('/'), file);
    return { address, page: address, path, sha256: null };
  });
}

/**
 * The files of a tokenizer that is not CLIP's.
 *
 * @param repository a configuration's `hfTokenizerName`
 * @returns the folder that holds them, as `readPretrainedTokenizer` takes it
 * @throws as `fetchFirst` does
 */
export async function fetchTokenizer(repository: string, options: FetchOptions = {}): Promise<string> {
  const places = tokenizerPlaces(repository, downloadSettings(options).cache);
  for (const place of places) await fetchFirst(`the tokenizer ${repository}`, [place], options);
  return dirname(places[0].path);
}
