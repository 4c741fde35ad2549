import { existsSync, statSync } from 'node:fs';
import type { PairTokenizer } from './pairRecord';
import { REC_FILES, readRecordFile } from './recordIO';
import { besideRecords } from './recordTexts';
import { expandShards, type ShardKind, TAR_SHARDS } from './shards';
import type { Sample } from './types';
import { readTarShard, type WebDatasetOptions } from './webdataset';

/** How shards of both kinds are read; `textFields` are those of WebDataset's JSON members. */
export interface ReadShardsOptions extends WebDatasetOptions {
  /** Makes what turns RecordIO's token ids into texts; called where there is such a file. */
  recordTokenizer?: () => PairTokenizer;
}

const SHARDS: ShardKind = {
  name: new RegExp(`${TAR_SHARDS.name.source}|${REC_FILES.name.source}`),
  description: 'shards (.tar, .tar.gz or .rec)',
};

/** Does a path name a RecordIO file? */
export function isRecordFile(path: string): boolean {
  return REC_FILES.name.test(path);
}

/** The files behind a specification of WebDataset shards, RecordIO files or both; see {@link expandShards}. */
export function findShards(shards: string | readonly string[]): string[] {
  return expandShards(shards, SHARDS);
}

/** Path and size of all that decides what shards hold: is it what it was? */
export function shardSizes(shards: string | readonly string[]): string[] {
  const sizeOf = (path: string) => `${path} ${existsSync(path) ? statSync(path).size : 'missing'}`;
  return findShards(shards).flatMap((path) => {
    const texts = besideRecords(path, '.texts.jsonl');
    return isRecordFile(path) && existsSync(texts) ? [path, texts].map(sizeOf) : [sizeOf(path)];
  });
}

/**
 * The samples of shards, file after file: of `.rec` files as `readRecordIO` gives them, of all others as
 * `readWebDataset` does. What cannot be read is skipped and counted, a missing file, too.
 *
 * @param files as `findShards` gives them
 * @throws Error where a `.rec` file is met without `recordTokenizer`; TooManyBadSamplesError
 */
export async function* readShardFiles(
  files: readonly string[],
  { recordTokenizer, ...options }: ReadShardsOptions = {},
): AsyncGenerator<Sample> {
  for (const file of files) {
    if (!isRecordFile(file)) {
      yield* readTarShard(file, options);
      continue;
    }
    if (!recordTokenizer) {
      throw new Error(`Expected a tokenizer for the token ids in "${file}"; give \`recordTokenizer\`.`);
    }
    yield* readRecordFile(file, { tokenizer: recordTokenizer(), counter: options.counter });
  }
}
