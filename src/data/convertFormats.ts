import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { BadInputCounter } from './badInput';
import { readImageFolder } from './imageFolder';
import type { PairTokenizer } from './pairRecord';
import type { Target } from './parts';
import { REC_FILES, readRecordIO } from './recordIO';
import { besideRecords } from './recordTexts';
import { expandShards, TAR_SHARDS } from './shards';
import type { Sample } from './types';
import { readWebDataset } from './webdataset';
import { folderTarget } from './writeFolder';
import { recordIOTarget } from './writeRecordIO';
import { webDatasetTarget } from './writeWebDataset';

/** `csv` is a caption file with pictures beside it, `folder` pictures with or without one. */
export const DATA_FORMATS = ['folder', 'csv', 'webdataset', 'recordio'] as const;

export type DataFormat = (typeof DATA_FORMATS)[number];

const CAPTION_FILE = /\.(csv|tsv|jsonl)$/;

/** The format of existing data, by its name or by what a directory holds. */
export function detectSource(path: string): DataFormat {
  const named = formatOf(path);
  if (named) return named;
  if (!existsSync(path)) throw new Error(`Expected data at "${path}", but there is nothing; check the path.`);
  if (!statSync(path).isDirectory()) {
    throw new Error(
      `Expected a directory, .tar, .rec, .csv, .tsv or .jsonl file, but got "${path}"; name its format with --from.`,
    );
  }
  const names = readdirSync(path);
  if (names.some((name) => REC_FILES.name.test(name))) return 'recordio';
  return names.some((name) => TAR_SHARDS.name.test(name)) ? 'webdataset' : 'folder';
}

function formatOf(path: string): DataFormat | undefined {
  if (REC_FILES.name.test(path)) return 'recordio';
  if (TAR_SHARDS.name.test(path)) return 'webdataset';
  return CAPTION_FILE.test(path) ? 'csv' : undefined;
}

/** The samples behind a path, in a fixed order. */
export function readSource(
  path: string,
  format: DataFormat,
  options: { counter: BadInputCounter; tokenizer: PairTokenizer },
): AsyncGenerator<Sample> {
  const { counter } = options;
  if (format === 'recordio') return readRecordIO(path, options);
  if (format === 'webdataset') return readWebDataset(path, { counter });
  return format === 'csv'
    ? readImageFolder(dirname(path), { counter, captions: path })
    : readImageFolder(path, { counter });
}

/** A checksum over the names and sizes of a source's files: does it still hold what it held? */
export function fingerprintOf(path: string, format: DataFormat): string {
  const hash = createHash('sha256');
  for (const file of filesOf(path, format)) {
    hash.update(`${basename(file)} ${existsSync(file) ? statSync(file).size : 'missing'}\n`);
  }
  return hash.digest('hex');
}

function filesOf(path: string, format: DataFormat): string[] {
  if (format === 'csv') return [path];
  if (format === 'webdataset') return expandShards(path);
  if (format === 'recordio') {
    return expandShards(path, REC_FILES).flatMap((file) => [file, besideRecords(file, '.texts.jsonl')]);
  }
  if (!existsSync(path) || !statSync(path).isDirectory()) return [];
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
  return names.map((name) => join(path, name)).filter((file) => !statSync(file).isDirectory());
}

/** Where a conversion goes: a folder, and how the files in it begin. */
export interface Place {
  format: DataFormat;
  folder: string;
  name: string;
}

/**
 * `out/train.tar`, `.rec`, `.csv` and `.jsonl` give the format, the folder `out` and the name `train`; for another path
 * the format must be given.
 */
export function placeOf(path: string, format?: DataFormat): Place {
  const found = /^(.+)\.(tar|rec|csv|jsonl)$/.exec(basename(path));
  if (found) {
    const named = found[2] === 'jsonl' ? 'folder' : formatOf(path)!;
    return { format: format ?? named, folder: dirname(path), name: found[1] };
  }
  if (!format) {
    throw new Error(
      `Expected a format for "${path}"; give --to ${DATA_FORMATS.join(', --to ')}, or a name such as "${path}/train.tar".`,
    );
  }
  const isTable = format === 'csv' || format === 'folder';
  return { format, folder: path, name: isTable ? 'captions' : 'part' };
}

export function openTarget({ format, folder, name }: Place, tokenizer: PairTokenizer): Target {
  if (format === 'recordio') return recordIOTarget(folder, name, tokenizer);
  if (format === 'webdataset') return webDatasetTarget(folder, name);
  return folderTarget(folder, name, format === 'csv' ? 'csv' : 'jsonl');
}

/** Reading a folder must not meet what is written into it. */
export function checkApart(from: string, format: DataFormat, { folder }: Place): void {
  if (format !== 'folder' || !`${resolve(folder)}${sep}`.startsWith(`${resolve(from)}${sep}`)) return;
  throw new Error(
    `Expected a target outside "${from}", but got "${folder}", which would be read again; choose another.`,
  );
}
