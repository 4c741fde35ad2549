import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * What a record cannot hold: a line of the `.texts.jsonl` file beside a `.rec` file that clipbook wrote. MXNet and DALI
 * do not read it.
 */
export interface RecordTexts {
  /** Where the record begins, in bytes. */
  offset: number;
  key: string;
  /** Every text as it was, not only the tokens of the first two. */
  texts: string[];
  meta: Record<string, unknown>;
}

/** `a/b.rec` → `a/b.texts.jsonl`, or another ending. */
export function besideRecords(path: string, ending: string): string {
  return path.replace(/\.rec$/, '') + ending;
}

/** The lines of a `.texts.jsonl` file, one at a time in memory; lines that are something else are passed over. */
export async function* readRecordTexts(path: string): AsyncGenerator<RecordTexts> {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const entry = parse(line);
    if (entry) yield entry;
  }
}

function parse(line: string): RecordTexts | null {
  try {
    const value = JSON.parse(line);
    return typeof value?.key === 'string' && Array.isArray(value.texts) ? value : null;
  } catch {
    return null;
  }
}

/** Finds the entry at an offset; both the entries and the offsets asked for must rise. */
export function followOffsets<Entry extends { offset: number }>(entries: AsyncGenerator<Entry>) {
  let current: Entry | undefined;
  let isOver = false;
  return {
    async at(offset: number): Promise<Entry | undefined> {
      while (!isOver && (!current || current.offset < offset)) {
        const { value, done } = await entries.next();
        if (done) isOver = true;
        else current = value;
      }
      return current?.offset === offset ? current : undefined;
    },
    close: () => entries.return(undefined),
  };
}
