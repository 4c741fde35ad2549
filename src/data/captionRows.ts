import { createReadStream, existsSync } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import Papa from 'papaparse';
import { shown } from '../files/quoted';
import { readTarMembers } from '../files/tarMembers';
import { splitName } from './memberName';
import { expandShards } from './shards';
import { textsOf } from './texts';

/** One caption as it stands in a file. */
export interface CaptionRow {
  /** Where it stands, for a report: `captions.jsonl:3`. */
  place: string;
  /** Absent where the row is not what it should be. */
  key?: string;
  caption?: string;
}

export interface CaptionFields {
  /** The field or column of the key; default the first there is of `key`, `file`, `file_name`, …, `image`. */
  keyField?: string;
  /** The field or column of the caption; default the first there is of `caption`, `captions`, `text`, `texts`. */
  captionField?: string;
}

type Values = Record<string, unknown>;

const KEY_FIELDS = ['key', 'file', 'file_name', 'filename', 'filepath', 'image'];
const CAPTION_FIELDS = ['caption', 'captions', 'text', 'texts'];

/** The lines of a JSONL file, one in memory at a time. */
export async function* jsonlRows(path: string, fields: CaptionFields): AsyncGenerator<CaptionRow> {
  let number = 0;
  for await (const line of linesOf(path)) {
    number++;
    if (line.trim() !== '') yield toRow(`${basename(path)}:${number}`, parseObject(line), fields);
  }
}

/**
 * The rows of a table with a header line, whose delimiter is recognised, one in memory at a time.
 *
 * @throws Error where a column is missing
 */
export async function* csvRows(path: string, fields: CaptionFields): AsyncGenerator<CaptionRow> {
  const rows = Papa.parse(Papa.NODE_STREAM_INPUT, {
    header: true,
    skipEmptyLines: true,
    transformHeader: (name) => name.replace(/^\uFEFF/, '').trim(),
  });
  // What fails in reading ends the rows with its error.
  pipeline(createReadStream(path, { encoding: 'utf8' }), rows, () => {});
  let number = 0;
  for await (const row of rows as AsyncIterable<Values>) {
    if (number++ === 0) checkColumns(path, Object.keys(row), fields);
    yield toRow(`${basename(path)}, row ${number}`, row, fields);
  }
}

/**
 * The members of WebDataset shards with the suffix `member`: a JSON object with the caption in a field where it ends in
 * `json`, otherwise the caption itself. A sample needs no picture.
 *
 * @throws Error where there is no shard, or one is damaged, or none holds such a member
 */
export async function* memberRows(
  shards: string | readonly string[],
  member: string,
  { captionField }: CaptionFields,
): AsyncGenerator<CaptionRow> {
  const wanted = member.toLowerCase();
  const others = new Set<string>();
  let found = false;
  for (const shard of expandShards(shards)) {
    for await (const { name, content } of membersOf(shard)) {
      const parts = splitName(name);
      if (!parts) continue;
      if (parts.suffix !== wanted) {
        if (others.size < 8) others.add(parts.suffix);
        continue;
      }
      found = true;
      const text = content.toString('utf8');
      const values = /(^|\.)json$/.test(wanted) ? parseObject(text) : { caption: text };
      yield toRow(name, values && { ...values, key: parts.key }, { keyField: 'key', captionField });
    }
  }
  if (!found) {
    throw new Error(
      `Expected members "<key>.${member}" with captions in "${shards}", but found ${[...others].join(', ') || 'none'} ` +
        'only; say in "member" which holds them.',
    );
  }
}

async function* membersOf(shard: string) {
  try {
    yield* readTarMembers(shard);
  } catch (error) {
    const reason = existsSync(shard) ? 'is damaged or ends early' : 'does not exist';
    throw new Error(
      `Expected captions in the shard "${shard}", but it ${reason} (${(error as Error).message}); mend the shard.`,
    );
  }
}

/** Node's readline would also split at U+2028, which may stand in a JSON text. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = '';
  let first = true;
  for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      yield first ? line.replace(/^\uFEFF/, '') : line;
      first = false;
    }
  }
  yield first ? rest.replace(/^\uFEFF/, '') : rest;
}

function parseObject(text: string): Values | null {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function toRow(place: string, values: Values | null, { keyField, captionField }: CaptionFields): CaptionRow {
  if (!values) return { place };
  const key = (keyField === undefined ? KEY_FIELDS : [keyField])
    .map((field) => values[field])
    .find((value) => (typeof value === 'string' && value !== '') || typeof value === 'number');
  if (key === undefined) return { place };
  const captions = textsOf(values, captionField === undefined ? CAPTION_FIELDS : [captionField]);
  return { place, key: String(key), caption: captions[0] };
}

function checkColumns(path: string, columns: string[], { keyField, captionField }: CaptionFields): void {
  for (const wanted of [
    keyField === undefined ? KEY_FIELDS : [keyField],
    captionField === undefined ? CAPTION_FIELDS : [captionField],
  ]) {
    if (wanted.some((field) => columns.includes(field))) continue;
    throw new Error(
      `Expected a column ${wanted.join(' or ')} in "${path}", but got ${shown(columns.join(', '), 200)}; ` +
        'add a header line, or say which columns hold key and caption.',
    );
  }
}
