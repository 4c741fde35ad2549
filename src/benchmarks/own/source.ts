import type { BenchmarkPicture } from '../benchmark';
import type { BenchmarkFiles } from '../benchmarkFiles';

/** One picture of one's own data, and what the data say of it. */
export interface OwnPicture extends BenchmarkPicture {
  /** Its class as it stands there: the name of a folder, a word or a number; undefined where there is none. */
  label?: string;
  texts: string[];
}

/** One split of one's own data, wherever it is kept. */
export interface OwnSource {
  /** How errors call it. */
  name: string;
  /** What a first look finds of it. */
  has: { labels: boolean; captions: boolean };
  /** Do labels stand in an order of their own, as folders do? Then a list of as many names fits them. */
  ordered: boolean;
  /** Is the first label a number? Then all should be, and a list of names tells what there is without reading them. */
  numbered?: boolean;
  /** All labels that occur. */
  labels(): Promise<Iterable<string>>;
  /** The pictures, in an order that does not change; those that are expected and not there are told to `absent`. */
  pictures(absent: BenchmarkFiles['absent']): AsyncIterable<OwnPicture>;
}

/** The fields that hold a picture's class, in the order in which they are looked for. */
export const LABEL_FIELDS: readonly string[] = ['label', 'class', 'cls', 'category', 'target'];

/** The class that fields name; undefined where none does. */
export function labelIn(fields: Record<string, unknown>): string | undefined {
  const values = LABEL_FIELDS.map((field) => fields[field]);
  const found = values.find(
    (value) => typeof value === 'number' || (typeof value === 'string' && value.trim() !== ''),
  );
  return found === undefined ? undefined : String(found).trim();
}

/** The captions in texts: a line each, as CLIP_benchmark writes several; blank ones are none. */
export function captionLines(texts: readonly string[]): string[] {
  const lines = texts.flatMap((text) => text.split(/\r?\n/));
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}
