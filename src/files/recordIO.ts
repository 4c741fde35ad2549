import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** The four bytes 0a 23 d7 ce that begin every part of a record: 0xced7230a, little-endian. */
export const RECORD_MAGIC = Buffer.from([0x0a, 0x23, 0xd7, 0xce]);

/** The magic, then three bits of {@link PartFlag} and 29 bits of the part's length, little-endian. */
export const RECORD_HEAD_BYTES = 8;

/** What stands in the upper three bits of a part's length. */
export const PartFlag = { whole: 0, first: 1, middle: 2, last: 3 } as const;

/** A part's length has 29 bits. The original library lets in up to twice as much and then writes broken heads. */
const LARGEST_RECORD = 2 ** 29 - 1;

/**
 * One record as it lies in a RecordIO file, in pieces to be written one after another.
 *
 * Where the magic stands in the payload at a multiple of 4, the payload is cut there and the magic left out, so that
 * no head can be taken for another: the reader puts it back between the parts. The end is padded with zeros to a
 * multiple of 4 bytes.
 *
 * Format: dmlc-core, `RecordIOWriter::WriteRecord`; equality is tested on `test/golden/recordIO.rec`.
 *
 * @throws RangeError if the payload has 2²⁹ bytes or more
 */
export function encodeRecord(payload: Buffer): Buffer[] {
  if (payload.length > LARGEST_RECORD) {
    throw new RangeError(
      `Expected at most ${LARGEST_RECORD} bytes in a record, but got ${payload.length}; store less in each.`,
    );
  }
  const pieces: Buffer[] = [];
  let start = 0;
  for (const magic of magicsIn(payload)) {
    pieces.push(headOf(start === 0 ? PartFlag.first : PartFlag.middle, magic - start));
    pieces.push(payload.subarray(start, magic));
    start = magic + RECORD_MAGIC.length;
  }
  pieces.push(headOf(start === 0 ? PartFlag.whole : PartFlag.last, payload.length - start));
  pieces.push(payload.subarray(start), Buffer.alloc(-payload.length & 3));
  return pieces;
}

/** Where the magic stands at a multiple of 4 bytes. */
export function* magicsIn(bytes: Buffer): Generator<number> {
  for (let at = bytes.indexOf(RECORD_MAGIC); at >= 0; at = bytes.indexOf(RECORD_MAGIC, at + 1)) {
    if (at % 4 === 0) yield at;
  }
}

function headOf(flag: number, length: number): Buffer {
  const head = Buffer.alloc(RECORD_HEAD_BYTES);
  RECORD_MAGIC.copy(head);
  head.writeUInt32LE(flag * 2 ** 29 + length, 4);
  return head;
}

/** A line of an `.idx` file: where a record begins. */
export interface IndexEntry {
  /** The record's number, as MXNet's `read_idx` takes it. */
  key: string;
  /** Bytes from the start of the `.rec` file. */
  offset: number;
}

/** The line of an `.idx` file for one record; MXNet's `write_idx`. */
export function indexLine({ key, offset }: IndexEntry): string {
  return `${key}\t${offset}\n`;
}

/** The lines of an `.idx` file, one at a time in memory; lines that are no key, tab and offset are passed over. */
export async function* readIndex(path: string): AsyncGenerator<IndexEntry> {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const found = /^([^\t]+)\t(\d+)\s*$/.exec(line);
    if (found) yield { key: found[1], offset: Number(found[2]) };
  }
}
