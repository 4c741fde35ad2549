import { open } from 'node:fs/promises';
import { type FileWindow, windowOf } from './fileWindow';
import { magicsIn, PartFlag, RECORD_HEAD_BYTES, RECORD_MAGIC, readIndex } from './recordIO';

/** A record's payload, its parts joined. */
export interface StoredRecord {
  /** Where its first head begins, in bytes from the start of the file. */
  offset: number;
  payload: Buffer;
}

/** A stretch of a RecordIO file that cannot be read. */
export interface RecordDamage {
  /** The first byte, where the damaged record begins, and the one after the last, where the next record begins. */
  offset: number;
  end: number;
  /** What is wrong: half a sentence, "it is …". */
  reason: string;
}

export interface RecordReaderOptions {
  /** Told of each stretch that is passed over; default: an Error. */
  onDamage?: (damage: RecordDamage) => void;
  /** The `.idx` file; asked only about damage, whether a record begins where no head can be read. */
  index?: string;
}

/**
 * The records of a RecordIO file, in order, one at a time in memory.
 *
 * There are no checksums in the format, but a sound file leaves no freedom: each record ends where the next one's
 * magic stands, or the file does, and no payload holds the magic at a multiple of 4. Where this fails, reading goes on
 * at the next head. If nothing tells whether a record's own length or the head after it is damaged, the record is
 * passed over: it may be cut.
 *
 * @throws Error where the file cannot be opened, and on damage without `onDamage`
 */
export async function* readRecords(
  path: string,
  { onDamage = refuse(path), index }: RecordReaderOptions = {},
): AsyncGenerator<StoredRecord> {
  const handle = await open(path);
  try {
    const file = windowOf(handle, (await handle.stat()).size);
    for (let offset = 0; offset < file.size; ) {
      const record = await layOut(file, offset);
      if (!record.reason && (await mayEndAt(file, record.end))) {
        yield { offset, payload: await readPayload(file, record) };
        offset = record.end;
        continue;
      }
      const next = await findHead(file, offset + RECORD_MAGIC.length);
      const isWhole = !record.reason && next >= record.end && (await beganAt(file, record.end, index));
      if (isWhole) yield { offset, payload: await readPayload(file, record) };
      onDamage({
        offset: isWhole ? record.end : offset,
        end: next,
        reason: isWhole ? NO_HEAD : reasonOf(record, next),
      });
      offset = next;
    }
  } finally {
    await handle.close();
  }
}

const NO_HEAD = 'its head is damaged';
const TOO_LONG = 'its length reaches over the next record';

function reasonOf({ reason, end }: Layout, next: number): string {
  if (reason) return reason;
  return next < end ? TOO_LONG : 'its length or the head after it is damaged';
}

interface Part {
  flag: number;
  /** Where the part's payload begins, and how long it is, in bytes. */
  start: number;
  length: number;
  /** The first byte after the part and its padding. */
  end: number;
}

interface Layout {
  parts: Part[];
  end: number;
  /** Set where no record can be read. */
  reason?: string;
}

/** Walks over the heads of the record's parts. */
async function layOut(file: FileWindow, offset: number): Promise<Layout> {
  const parts: Part[] = [];
  let end = offset;
  const broken = (reason: string) => ({ parts, end, reason });
  for (;;) {
    const part = await readHead(file, end);
    if (!part) return broken(parts.length === 0 ? NO_HEAD : 'one of its parts is missing');
    const begins = part.flag === PartFlag.whole || part.flag === PartFlag.first;
    if (begins !== (parts.length === 0)) {
      return broken(begins ? 'one of its parts is missing' : 'it is the rest of a record that was lost');
    }
    if (part.end > file.size) return broken(`it needs ${part.end - file.size} bytes more than there are`);
    parts.push(part);
    end = part.end;
    if (part.flag === PartFlag.whole || part.flag === PartFlag.last) break;
  }
  // Only a length that mayEndAt would let pass is worth the reading.
  if (parts.length === 1 && !(await mayEndAt(file, end))) return { parts, end };
  for (const { start, length } of parts) {
    const [magic] = magicsIn(await file.read(start, length));
    if (magic !== undefined) return broken(TOO_LONG);
  }
  return { parts, end };
}

/** The head at a place; null where there is none. */
async function readHead(file: FileWindow, offset: number): Promise<Part | null> {
  const head = await file.peek(offset, RECORD_HEAD_BYTES);
  if (head.length < RECORD_HEAD_BYTES || !head.subarray(0, 4).equals(RECORD_MAGIC)) return null;
  return partOf(head.readUInt32LE(4), offset);
}

function partOf(lengthField: number, offset: number): Part {
  const length = lengthField % 2 ** 29;
  const start = offset + RECORD_HEAD_BYTES;
  return { flag: Math.floor(lengthField / 2 ** 29), start, length, end: start + 4 * Math.ceil(length / 4) };
}

async function readPayload(file: FileWindow, { parts }: Layout): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (const { flag, start, length } of parts) {
    if (flag === PartFlag.middle || flag === PartFlag.last) pieces.push(RECORD_MAGIC);
    pieces.push(await file.read(start, length));
  }
  return Buffer.concat(pieces);
}

/** Can a record end here: does the file end, or a head begin (or as much of one as there is)? */
async function mayEndAt(file: FileWindow, offset: number): Promise<boolean> {
  const bytes = await file.peek(offset, RECORD_MAGIC.length);
  return bytes.equals(RECORD_MAGIC.subarray(0, bytes.length));
}

/** Did a record begin here, though its magic is damaged: by its length, which leads to another head, or by the index? */
async function beganAt(file: FileWindow, offset: number, index?: string): Promise<boolean> {
  const head = await file.peek(offset, RECORD_HEAD_BYTES);
  if (head.length === RECORD_HEAD_BYTES) {
    const { flag, end } = partOf(head.readUInt32LE(4), offset);
    if (flag <= PartFlag.first && end <= file.size && (await mayEndAt(file, end))) return true;
  }
  if (index === undefined) return false;
  for await (const entry of readIndex(index)) {
    if (entry.offset === offset) return true;
  }
  return false;
}

const SEARCHED_AT_ONCE = 2 ** 20;

/**
 * Where the next record begins, or the file's end. At a multiple of 4 any first head is one; elsewhere, where bytes
 * were lost or added, one whose record ends before another head.
 */
async function findHead(file: FileWindow, from: number): Promise<number> {
  for (let offset = from; offset < file.size; offset += SEARCHED_AT_ONCE) {
    const bytes = await file.peek(offset, SEARCHED_AT_ONCE + RECORD_MAGIC.length - 1);
    for (let at = bytes.indexOf(RECORD_MAGIC); at >= 0; at = bytes.indexOf(RECORD_MAGIC, at + 1)) {
      const part = await readHead(file, offset + at);
      if (!part || part.flag > PartFlag.first) continue;
      if ((offset + at) % 4 === 0) return offset + at;
      if (part.end <= file.size && (await mayEndAt(file, part.end))) return offset + at;
    }
  }
  return file.size;
}

function refuse(path: string) {
  return ({ offset, reason }: RecordDamage) => {
    throw new Error(`The record at byte ${offset} of "${path}" cannot be read: ${reason}.`);
  };
}
