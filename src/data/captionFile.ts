import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import Papa from 'papaparse';
import { shown } from '../files/quoted';
import { type BadInputCounter, BadSampleError } from './badInput';
import { DEFAULT_TEXT_FIELDS, textsOf } from './texts';

/** The names under which a folder's own caption file is looked for, in this order. */
export const CAPTION_FILES: readonly string[] = ['captions.jsonl', 'captions.csv', 'captions.tsv'];

const FILE_FIELDS = ['file', 'file_name', 'filename', 'filepath', 'image'];

/** The fields or columns that hold captions. */
export const TEXT_FIELDS: readonly string[] = [...DEFAULT_TEXT_FIELDS, 'title'];

type Row = Record<string, unknown>;

/** What a list says of one picture. */
export interface PictureRow {
  /** The picture's path, as the list has it. */
  file: string;
  /** All fields or columns. */
  row: Row;
}

/**
 * Picture path → captions, in the order of the file; several rows for one picture give it several captions.
 *
 * `.jsonl`: one object per line; otherwise a table with a header line, whose delimiter is recognised. The picture is in
 * a column `file`, `file_name`, `filename`, `filepath` or `image`, the captions are in `text`, `texts`, `caption`,
 * `captions` or `title`. Lines that are no such object are counted as `broken-json`.
 *
 * @throws Error where the file is missing or a table has no such columns
 */
export function readCaptionFile(path: string, counter: BadInputCounter): Map<string, string[]> {
  const captions = new Map<string, string[]>();
  for (const { file, row } of readPictureRows(path, counter, TEXT_FIELDS)) {
    captions.set(file, [...(captions.get(file) ?? []), ...textsOf(row, TEXT_FIELDS)]);
  }
  return captions;
}

/**
 * The rows of a list of pictures, as `readCaptionFile` reads them.
 *
 * @param wanted fields, of which a table must have one as a column
 * @throws as `readCaptionFile` does
 */
export function readPictureRows(
  path: string,
  counter: BadInputCounter,
  wanted: readonly string[],
): PictureRow[] {
  if (!existsSync(path))
    throw new Error(`Expected captions in "${path}", but there is no such file; check the path.`);
  const content = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  const rows = path.endsWith('.jsonl') ? jsonLines(path, content, counter) : tableRows(path, content, wanted);
  return rows.map((row) => ({ file: fileOf(row)!, row }));
}

function fileOf(row: Row): string | undefined {
  const value = FILE_FIELDS.map((field) => row[field]).find(
    (found) => typeof found === 'string' && found !== '',
  );
  return value as string | undefined;
}

function jsonLines(path: string, content: string, counter: BadInputCounter): Row[] {
  const rows: Row[] = [];
  content.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    const row = parseObject(line);
    if (row && fileOf(row)) {
      rows.push(row);
      return;
    }
    const key = `${basename(path)}:${index + 1}`;
    const message = `Line ${index + 1} of "${path}" is not a JSON object with a "file".`;
    counter.saw();
    counter.skip(new BadSampleError('broken-json', key, message));
  });
  return rows;
}

function parseObject(line: string): Row | null {
  try {
    const value = JSON.parse(line);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function tableRows(path: string, content: string, texts: readonly string[]): Row[] {
  const { data, meta } = Papa.parse<Row>(content, { header: true, skipEmptyLines: true });
  const columns = meta.fields ?? [];
  for (const wanted of [FILE_FIELDS, texts]) {
    if (wanted.some((field) => columns.includes(field))) continue;
    throw new Error(
      `Expected a column ${wanted.join(', ')} in "${path}", but got ${shown(columns.join(', '), 200) || 'none'}; add a header line.`,
    );
  }
  return data.filter(fileOf);
}
