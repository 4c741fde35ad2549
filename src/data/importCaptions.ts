import { existsSync, statSync } from 'node:fs';
import { type CaptionFields, type CaptionRow, csvRows, jsonlRows, memberRows } from './captionRows';

export type CaptionFormat = 'jsonl' | 'csv' | 'webdataset';

export interface ImportCaptionsOptions extends CaptionFields {
  /** Default by the file's name: `.jsonl`, `.ndjson`; `.csv`, `.tsv`; `.tar`, `.tar.gz`, `.tgz`, a folder or a pattern. */
  format?: CaptionFormat;
  /** The suffix of the shards' members that hold captions; default `caption.txt`. */
  member?: string;
}

/** How many there are of something, and the first of them. */
export interface Listed {
  count: number;
  /** At most five. */
  first: string[];
}

/** Captions made elsewhere, one of each picture. */
export interface ImportedCaptions {
  /** What they were read from, as messages call it. */
  source: string;
  /** Caption by the picture's key. */
  byKey: ReadonlyMap<string, string>;
  /** Keys that came again; their first caption stands. */
  duplicates: Listed;
  /** Keys whose caption is blank or absent. */
  empty: Listed;
  /** Places that hold no JSON object, or no key. */
  broken: Listed;
}

/** What a JavaScript Map holds at most. */
const MOST_CAPTIONS = 2 ** 24;

/**
 * Reads captions made elsewhere, such as a captioning model's, from a JSONL or CSV file or from members of WebDataset
 * shards. A picture is named by its key: what comes before the first dot of its members' names in shards, and the path
 * relative to the folder, ending included, in a folder of pictures.
 *
 * The input is streamed, the captions are held in memory: about 0.2 kB for one of 60 letters, so 200 MB for a million;
 * there can be 16.7 million.
 *
 * @throws Error where there is no such file, no such column or member, or no caption
 */
export async function importCaptions(
  file: string | readonly string[],
  options: ImportCaptionsOptions = {},
): Promise<ImportedCaptions> {
  const source = typeof file === 'string' ? file : file.join(', ');
  const captions = new Map<string, string>();
  const [duplicates, empty, broken] = [emptyList(), emptyList(), emptyList()];
  for await (const { place, key, caption } of rowsOf(file, source, options)) {
    const text = caption?.trim();
    if (key === undefined) addTo(broken, place);
    else if (!text) addTo(empty, key);
    else if (captions.has(key)) addTo(duplicates, key);
    else if (captions.size < MOST_CAPTIONS) captions.set(key, text);
    else
      throw new Error(
        `Expected at most ${MOST_CAPTIONS} captions in "${source}", but there are more; split the data.`,
      );
  }
  if (captions.size === 0) {
    throw new Error(
      `Expected captions in "${source}", but found none (${broken.count} rows without a key, ${empty.count} without ` +
        'a caption); check the names of the fields.',
    );
  }
  return { source, byKey: captions, duplicates, empty, broken };
}

export function emptyList(): Listed {
  return { count: 0, first: [] };
}

export function addTo(list: Listed, key: string): void {
  list.count++;
  if (list.first.length < 5) list.first.push(key);
}

function rowsOf(
  file: string | readonly string[],
  source: string,
  { format = formatOf(file), member, ...fields }: ImportCaptionsOptions,
): AsyncIterable<CaptionRow> {
  if (format === 'webdataset') return memberRows(file, member ?? 'caption.txt', fields);
  if (member !== undefined) {
    throw new Error(
      `Expected "member" beside shards only, but "${source}" is read as ${format}; leave it out.`,
    );
  }
  if (typeof file !== 'string' || !existsSync(file) || statSync(file).isDirectory()) {
    throw new Error(`Expected a file with captions at "${source}", but there is none; check the path.`);
  }
  return format === 'csv' ? csvRows(file, fields) : jsonlRows(file, fields);
}

function formatOf(file: string | readonly string[]): CaptionFormat {
  if (typeof file !== 'string') return 'webdataset';
  if (/\.(jsonl|ndjson)$/i.test(file)) return 'jsonl';
  if (/\.[ct]sv$/i.test(file)) return 'csv';
  if (/\.(tar|tar\.gz|tgz)$|[*?{]/.test(file) || !existsSync(file) || statSync(file).isDirectory())
    return 'webdataset';
  throw new Error(
    `Expected captions in a .jsonl, .csv or .tar file, but got "${file}"; say in "format" which of these it is.`,
  );
}
