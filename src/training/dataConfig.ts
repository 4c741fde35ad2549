import { type CaptionFormat, type ImportCaptionsOptions, isRecordFile, type MissingCaption } from '../data';
import {
  flag,
  list,
  number,
  object,
  oneOf,
  optional,
  type Reader,
  text,
  ValueError,
} from '../files/checkedJson';
import type { CropConfig } from './crops';

/** Where pictures and texts come from: shards, weighted sources of shards, or a folder, one of them. */
export interface DataConfig extends CropConfig {
  /** WebDataset shards or RecordIO files: files, folders, brace patterns or globs, relative to the current folder. */
  shards?: string | string[];
  /** Several shard specifications to be mixed by weight; always streamed. */
  sources?: ShardSource[];
  /** Read shards while training instead of holding all pictures in memory. */
  stream?: boolean;
  /** How many encoded samples of each source a stream draws from at random; default 1000. */
  shuffleBuffer?: number;
  /** The JSON fields of a WebDataset shard's samples that hold texts, in order. */
  textFields?: string[];
  /** Which of a picture's texts an objective with one text reads: any, drawn anew each time, or always the same. */
  textChoice?: TextChoice;
  /** A folder of pictures. */
  folder?: string;
  /** The folder's caption file (.jsonl, .csv, .tsv); absent: its own `captions.*`, or `name.txt` beside `name.jpg`. */
  captions?: string;
  /** Captions made elsewhere, which become each picture's second text; see `importCaptions`. */
  addCaptions?: AddCaptionsConfig;
  /**
   * Side of the pictures in memory, from which training crops are cut, and of streamed ones where the objective needs several
   * views of each. Default: 4/3 of the model's image size.
   */
  pictureSize: number;
  /** Largest share of unusable samples. Absent: 0.05, checked from 100 samples on only. */
  limitFraction?: number;
}

/** ALIP's order: the first text is the raw one, the second the caption. */
export type TextChoice = 'any' | 'first' | 'second';

/** Shards, and how often their samples are drawn in comparison with other sources. */
export interface ShardSource {
  shards: string | string[];
  /** The share of a source is its weight over the sum of all. */
  weight: number;
}

/** Where captions come from, and what becomes of pictures without one. */
export interface AddCaptionsConfig extends ImportCaptionsOptions {
  /** A JSONL or CSV file, or WebDataset shards, relative to the current folder. */
  file: string | string[];
  /** Default `error`. */
  missing?: MissingCaption;
}

/** Are the pictures read while training, again and again, instead of being held in memory? */
export function isStreamed({ sources, stream }: Pick<DataConfig, 'sources' | 'stream'>): boolean {
  return sources !== undefined || stream === true;
}

const shards: Reader<string | string[]> = (value, place) =>
  Array.isArray(value) ? list(text)(value, place) : text(value, place);

const readAddCaptions = object({
  file: shards,
  format: optional(oneOf(['jsonl', 'csv', 'webdataset'] satisfies CaptionFormat[])),
  keyField: optional(text),
  captionField: optional(text),
  member: optional(text),
  missing: optional(oneOf(['error', 'skip', 'raw'] satisfies MissingCaption[])),
});

const readData = object({
  shards: optional(shards),
  sources: optional(list(object({ shards, weight: optional(number({ above: 0 }), 1) }))),
  stream: optional(flag),
  shuffleBuffer: optional(number({ whole: true, from: 0 })),
  textFields: optional(list(text)),
  textChoice: optional(oneOf(['any', 'first', 'second'] satisfies TextChoice[])),
  folder: optional(text),
  captions: optional(text),
  addCaptions: optional(readAddCaptions),
  pictureSize: optional(number({ whole: true, from: 1 })),
  cropScale: optional(range({ upTo: 1 })),
  cropAspect: optional(range({})),
  cropAttempts: optional(number({ whole: true, from: 1 })),
  flip: optional(number({ from: 0, to: 1 })),
  limitFraction: optional(number({ from: 0, to: 1 })),
});

/** A configuration's data section; the default picture size is the caller's to fill in. */
export function dataSection(value: unknown, place: string): ReturnType<typeof readData> {
  const data = readData(value, place);
  const demand = (holds: boolean, key: string, sentence: string) => {
    if (!holds) throw new ValueError(key ? `${place}.${key}` : place, sentence);
  };
  const given = [data.shards, data.sources, data.folder].filter((source) => source !== undefined);
  demand(
    given.length === 1,
    '',
    'expected one of "shards", "sources" and "folder", so that it is clear what to read.',
  );
  demand(data.sources?.length !== 0, 'sources', 'expected at least one source, got none.');
  demand(!data.captions || Boolean(data.folder), 'captions', 'belongs to a "folder".');
  demand(!data.textFields || !data.folder, 'textFields', 'belongs to "shards" or "sources".');
  const specifications = [data.shards ?? [], data.sources?.map((source) => source.shards) ?? []].flat(2);
  demand(
    !data.textFields || !specifications.length || !specifications.every(isRecordFile),
    'textFields',
    'belongs to WebDataset shards; RecordIO files have the raw text and the caption in fixed places.',
  );
  demand(!data.stream || !data.folder, 'stream', 'belongs to "shards"; a folder is read into memory.');
  demand(
    data.shuffleBuffer === undefined || isStreamed(data),
    'shuffleBuffer',
    'belongs to a stream; add "stream": true.',
  );
  return data;
}

/** Two positive numbers, the smaller one first. */
function range({ upTo = Number.POSITIVE_INFINITY }: { upTo?: number }): Reader<[number, number]> {
  return (value, place) => {
    const [low, high, ...more] = list(number({ above: 0 }))(value, place);
    if (more.length === 0 && low <= high && high <= upTo) return [low, high];
    const kind = upTo === 1 ? 'shares up to 1' : 'numbers';
    throw new ValueError(place, `expected two ${kind}, the smaller one first, got ${JSON.stringify(value)}.`);
  };
}
