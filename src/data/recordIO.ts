import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { type RecordDamage, readIndex, readRecords, type StoredRecord } from '../files';
import { BadInputCounter, BadSampleError } from './badInput';
import { holdsTexts, type PairTokenizer, unpackPair } from './pairRecord';
import { type RecordHeader, unpackRecord } from './recordHeader';
import { besideRecords, followOffsets, type RecordTexts, readRecordTexts } from './recordTexts';
import { expandShards, type ShardKind } from './shards';
import type { Sample } from './types';

export interface RecordIOOptions {
  /** Turns token ids into texts. */
  tokenizer: PairTokenizer;
  /** Counts what is skipped; default: a new counter, so too many bad samples still stop the reading. */
  counter?: BadInputCounter;
}

export const REC_FILES: ShardKind = { name: /\.rec$/, description: 'RecordIO files (.rec)' };

/**
 * The samples of MXNet's RecordIO files, in order.
 *
 * With a `.texts.jsonl` file beside the `.rec` file, keys, texts and meta are what they were; a record whose tokens are
 * not those of its texts there counts as damaged. Otherwise the key is the file's name and the record's number from the
 * `.idx` file (`train/17`; without one its offset, `train@4096`), and the texts are those behind the tokens: raw text
 * and caption where the label is ALIP's, see {@link unpackPair}. Any other label becomes `meta.label`, a number or a
 * list.
 *
 * Damaged records are skipped and counted under `file@offset`; the messages name file and offset, too.
 *
 * @param files one or several files, directories, brace patterns or globs; see {@link expandShards}
 * @throws Error where a specification leads to no file; TooManyBadSamplesError
 */
export async function* readRecordIO(
  files: string | readonly string[],
  { tokenizer, counter = new BadInputCounter() }: RecordIOOptions,
): AsyncGenerator<Sample> {
  for (const file of expandShards(files, REC_FILES)) yield* readRecordFile(file, { tokenizer, counter });
}

/** The samples of one file; a file that is missing is counted. */
export async function* readRecordFile(
  file: string,
  { tokenizer, counter = new BadInputCounter() }: RecordIOOptions,
): AsyncGenerator<Sample> {
  if (!existsSync(file)) {
    counter.skip(new BadSampleError('missing-file', file, `The file "${file}" does not exist.`));
    return;
  }
  const name = basename(file, '.rec');
  const index = ifThere(besideRecords(file, '.idx'));
  const written = ifThere(besideRecords(file, '.texts.jsonl'));
  const numbers = index ? followOffsets(readIndex(index)) : null;
  const texts = written ? followOffsets(readRecordTexts(written)) : null;
  const damaged: RecordDamage[] = [];
  const skipDamaged = () => {
    for (const { offset, reason } of damaged.splice(0)) {
      counter.saw();
      counter.skip(unreadable(file, offset, reason));
    }
  };
  try {
    for await (const record of recordsOf(file, index, (found) => damaged.push(found), counter)) {
      skipDamaged();
      counter.saw();
      const own = await texts?.at(record.offset);
      const number = (await numbers?.at(record.offset))?.key;
      const key = own?.key ?? (number === undefined ? `${name}@${record.offset}` : `${name}/${number}`);
      let sample: Sample;
      try {
        sample = toSample(file, record, key, own, tokenizer);
      } catch (error) {
        counter.skip(error);
        continue;
      }
      yield sample;
    }
    skipDamaged();
  } finally {
    await Promise.all([numbers?.close(), texts?.close()]);
  }
}

/** The records, up to where the file cannot be read any more: that is counted as of a tar archive. */
async function* recordsOf(
  file: string,
  index: string | undefined,
  onDamage: (damage: RecordDamage) => void,
  counter: BadInputCounter,
): AsyncGenerator<StoredRecord> {
  const records = readRecords(file, { index, onDamage });
  let place = 'at its start';
  try {
    for (;;) {
      const { value, done } = await records.next().catch((error: Error) => {
        const message = `The file "${file}" cannot be read any more ${place} (${error.message}).`;
        counter.skip(new BadSampleError('truncated-shard', basename(file), message));
        return { value: undefined, done: true } as const;
      });
      if (done || !value) return;
      place = `after the record at byte ${value.offset}`;
      yield value;
    }
  } finally {
    await records.return(undefined);
  }
}

function ifThere(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}

function toSample(
  file: string,
  { offset, payload }: StoredRecord,
  key: string,
  own: RecordTexts | undefined,
  tokenizer: PairTokenizer,
): Sample {
  try {
    const { header, image } = unpackRecord(payload);
    if (image.length === 0) throw withoutPicture(file, offset);
    if (own && !holdsTexts(header, own.texts, tokenizer)) {
      throw new RangeError('its tokens are not those of its texts in the .texts.jsonl file beside it');
    }
    return { key, image, ...(own ? textsAndMeta(own) : readLabel(header, tokenizer)) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw unreadable(file, offset, error.message.replace(/\.$/, ''));
  }
}

type Words = Pick<Sample, 'texts' | 'meta'>;

const textsAndMeta = ({ texts, meta }: RecordTexts): Words => ({ texts, meta: meta ?? {} });

function readLabel(header: RecordHeader, tokenizer: PairTokenizer): Words {
  const texts = unpackPair(header, tokenizer);
  if (texts) return { texts, meta: {} };
  return { texts: [], meta: { label: typeof header.label === 'number' ? header.label : [...header.label] } };
}

function withoutPicture(file: string, offset: number): BadSampleError {
  const message = `The record at byte ${offset} of "${file}" has no picture.`;
  return new BadSampleError('missing-picture', `${basename(file)}@${offset}`, message);
}

function unreadable(file: string, offset: number, reason: string): BadSampleError {
  const message = `The record at byte ${offset} of "${file}" cannot be read: ${reason}.`;
  return new BadSampleError('damaged-record', `${basename(file)}@${offset}`, message);
}
