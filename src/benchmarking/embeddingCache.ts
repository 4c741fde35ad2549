import { join } from 'node:path';
import { type Embeddings, toEmbeddings } from '../evaluation';
import { downloadSettings } from '../files';
import { readNpy } from '../files/npy';
import { hashOf } from './hashes';

/**
 * Where the embeddings that these settings decide lie, made or not: a folder named by the settings' hash, so that no two
 * different things share one, and the same is found again wherever its archive lies.
 *
 * @param cache as in `downloadSettings`
 */
export function embeddingFolder(settings: Record<string, unknown>, cache?: string): string {
  return join(downloadSettings({ cache }).cache, 'embeddings', hashOf(settings).slice(0, 32));
}

/** @throws where a row holds something else than finite numbers */
export function readRows(path: string): Embeddings {
  const { shape, data } = readNpy(path);
  return toEmbeddings(data, shape[1]);
}
