import { closeSync, openSync, writeSync } from 'node:fs';

/** An entry of a zip archive, stored; its bytes may be a hole of so many zeros. */
export interface ZipEntry {
  name: string;
  bytes: Uint8Array | number;
  /** What the archive's directory says of it, where that is not the truth. */
  claims?: { size?: number; stored?: number; method?: number; header?: number; flags?: number };
}

interface Piece {
  at: number;
  bytes: Uint8Array;
}

/** A zip archive in memory. */
export function zipOf(entries: ZipEntry[], { zip64 = false } = {}): Buffer {
  const { pieces, size } = layOut(entries, zip64);
  const archive = Buffer.alloc(size);
  for (const { at, bytes } of pieces) archive.set(bytes, at);
  return archive;
}

/** A zip archive whose holes take no place on the disk. */
export function writeSparseZip(path: string, entries: ZipEntry[]): void {
  const descriptor = openSync(path, 'w');
  for (const { at, bytes } of layOut(entries, true).pieces) writeSync(descriptor, bytes, 0, bytes.length, at);
  closeSync(descriptor);
}

function layOut(entries: ZipEntry[], zip64: boolean): { pieces: Piece[]; size: number } {
  const pieces: Piece[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const { bytes, claims = {} } = entry;
    const length = typeof bytes === 'number' ? bytes : bytes.length;
    const name = Buffer.from(entry.name);
    const head = numbers([4, 0x04034b50], [10, 0], [12, 0], [2, name.length], [2, 0]);
    pieces.push({ at, bytes: Buffer.concat([head, name]) });
    const { size = length, stored = size, method = 0, header = at, flags = 0 } = claims;
    directory.push(directoryEntry(name, { size, stored, method, header, flags }, zip64));
    at += head.length + name.length;
    if (typeof bytes !== 'number') pieces.push({ at, bytes });
    at += length;
  }
  const listed = Buffer.concat(directory);
  const tail = Buffer.concat([listed, end(entries.length, listed.length, at, zip64)]);
  return { pieces: [...pieces, { at, bytes: tail }], size: at + tail.length };
}

function directoryEntry(name: Buffer, entry: Required<ZipEntry>['claims'], zip64: boolean): Buffer {
  const large = [entry.size!, entry.stored!, entry.header!];
  const extra = zip64
    ? numbers([2, 1], [2, 24], [8, large[0]], [8, large[1]], [8, large[2]])
    : Buffer.alloc(0);
  const [size, stored, header] = zip64 ? [0xffffffff, 0xffffffff, 0xffffffff] : large;
  const versions: [number, number][] = [
    [2, 45],
    [2, 45],
  ];
  return Buffer.concat([
    numbers([4, 0x02014b50], ...versions, [2, entry.flags!], [2, entry.method!], [8, 0]),
    numbers([4, stored], [4, size], [2, name.length], [2, extra.length], [2, 0], [8, 0], [4, header]),
    name,
    extra,
  ]);
}

function end(count: number, size: number, at: number, zip64: boolean): Buffer {
  const plain = (listed: number, place: number) =>
    numbers([4, 0x06054b50], [4, 0], [2, count], [2, count], [4, listed], [4, place], [2, 0]);
  if (!zip64) return plain(size, at);
  const record = numbers(
    [4, 0x06064b50],
    [8, 44],
    [2, 45],
    [2, 45],
    [8, 0],
    [8, count],
    [8, count],
    [8, size],
    [8, at],
  );
  const locator = numbers([4, 0x07064b50], [4, 0], [8, at + size], [4, 1]);
  return Buffer.concat([record, locator, plain(0xffffffff, 0xffffffff)]);
}

/** Little-endian numbers of so many bytes each. */
function numbers(...fields: [bytes: number, value: number][]): Buffer {
  const buffers = fields.map(([bytes, value]) => {
    const field = Buffer.alloc(Math.max(bytes, 8));
    field.writeBigUInt64LE(BigInt(value));
    return field.subarray(0, bytes);
  });
  return Buffer.concat(buffers);
}
