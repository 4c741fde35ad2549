import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { endianness } from 'node:os';
import { writeFileAtomically } from './atomicFile';
import { codecs, type TensorData, type TensorType } from './tensorTypes';

/** A named tensor's values outside the engine, row-major. */
export interface StoredTensor {
  /** The format in the file; `data` may be wider (see `TensorData`). */
  dtype: TensorType;
  shape: number[];
  data: TensorData;
}

interface Entry {
  dtype: string;
  shape: number[];
  /** First byte and the one after the last, counted from the end of the header. */
  data_offsets: [number, number];
}

interface Header {
  metadata: Record<string, string>;
  entries: Map<string, Entry>;
  /** Where the values begin, in bytes from the file's start. */
  start: number;
}

interface Source {
  /** How errors call it. */
  label: string;
  size: number;
  /** Fresh memory, so that it is aligned for every number format. */
  read(offset: number, length: number): Uint8Array;
}

/** The format's own limit on the header, 100 MB. */
const largestHeader = 100_000_000;

/**
 * Reads every tensor of a safetensors file, or of its bytes. F16 and BF16 become `Float32Array`, I64 `Int32Array`.
 * @throws If the file is truncated, its header is malformed, tensors overlap or leave gaps, a format is not supported,
 *   or an I64 value does not fit 32 bits. The sentence names the file and the tensor.
 */
export function readSafetensors(source: string | Buffer): Map<string, StoredTensor> {
  return withSource(source, (file) => {
    const { entries, start } = readHeader(file);
    const tensors = new Map<string, StoredTensor>();
    for (const [name, { dtype, shape, data_offsets }] of entries) {
      const type = dtype as TensorType;
      const bytes = file.read(start + data_offsets[0], data_offsets[1] - data_offsets[0]);
      try {
        tensors.set(name, { dtype: type, shape, data: codecs[type].decode(bytes) });
      } catch (error) {
        throw invalid(file, `tensor "${name}" ${(error as Error).message}`);
      }
    }
    return tensors;
  });
}

/** The text pairs that the writer of a safetensors file left in its header; `{}` where there are none. */
export function readSafetensorsMetadata(source: string | Buffer): Record<string, string> {
  return withSource(source, (file) => readHeader(file).metadata);
}

/**
 * Writes tensors as Python's `safetensors` does, byte for byte: sorted by format, widest first, then by name. The file
 * appears whole or not at all.
 * @throws If a tensor's data and shape disagree.
 */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Record<string, string> = {},
): void {
  const sorted = [...tensors].sort(
    ([nameA, a], [nameB, b]) =>
      formatOrder.indexOf(a.dtype) - formatOrder.indexOf(b.dtype) || compareBytes(nameA, nameB),
  );
  const members: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) members.push(['__metadata__', metadata]);
  let offset = 0;
  for (const [name, { dtype, shape, data }] of sorted) {
    if (data.length !== countOf(shape)) {
      throw new Error(
        `Tensor "${name}" has ${data.length} values where its shape [${shape}] asks for ${countOf(shape)}; ` +
          `nothing was written to "${path}".`,
      );
    }
    const end = offset + data.length * codecs[dtype].bytes;
    members.push([name, { dtype, shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const header = toHeader(members);
  function* chunks() {
    yield header;
    for (const [, { dtype, data }] of sorted) yield codecs[dtype].encode(data);
  }
  writeFileAtomically(path, chunks());
}

/** The header's length and its JSON, padded with spaces to a multiple of 8. */
function toHeader(members: [string, unknown][]): Buffer {
  // Member by member, because an object would move names such as '0' to the front.
  const text = members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',');
  const json = Buffer.from(`{${text}}`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length + (-json.length & 7)));
  return Buffer.concat([length, json, Buffer.alloc(-json.length & 7, ' ')]);
}

/** Python's order of formats, widest first. */
const formatOrder: TensorType[] = ['I64', 'F32', 'I32', 'BF16', 'F16', 'U8', 'BOOL'];

function readHeader(file: Source): Header {
  if (file.size < 8)
    throw invalid(file, `it has ${file.size} bytes, fewer than the 8 of the header's length`);
  const view = Buffer.from(file.read(0, 8).buffer);
  const length = Number(view.readBigUInt64LE());
  if (length > largestHeader || 8 + length > file.size) {
    throw invalid(file, `its header claims ${length} bytes in a file of ${file.size}`);
  }
  const { __metadata__: metadata = {}, ...tensors } = parseHeader(file, file.read(8, length));
  const entries = new Map(Object.entries(tensors as Record<string, Entry>));
  for (const [name, entry] of entries) checkEntry(file, name, entry);
  checkLayout(file, entries, file.size - 8 - length);
  return { metadata: metadata as Record<string, string>, entries, start: 8 + length };
}

function parseHeader(file: Source, bytes: Uint8Array): Record<string, unknown> {
  try {
    const header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (header !== null && typeof header === 'object' && !Array.isArray(header)) return header;
  } catch {
    // Not UTF-8 or not JSON: the same advice as for a header that is no object.
  }
  throw invalid(file, 'its header is not a JSON object');
}

function checkEntry(file: Source, name: string, entry: Entry): void {
  const { dtype, shape, data_offsets: offsets } = entry ?? {};
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw invalid(file, `tensor "${name}" lacks a proper shape or data_offsets`);
  }
  if (!Object.hasOwn(codecs, dtype)) {
    const supported = Object.keys(codecs).join(', ');
    throw invalid(
      file,
      `tensor "${name}" has format ${dtype} where one of ${supported} is expected`,
      'convert it',
    );
  }
  const bytes = countOf(shape) * codecs[dtype as TensorType].bytes;
  if (offsets[1] - offsets[0] !== bytes) {
    throw invalid(
      file,
      `tensor "${name}" of ${dtype} [${shape}] needs ${bytes} bytes and is given ${offsets[1] - offsets[0]}`,
    );
  }
}

/** The tensors must cover the values exactly: no gap, no overlap, nothing behind them. */
function checkLayout(file: Source, entries: Map<string, Entry>, available: number): void {
  const ordered = [...entries].sort(
    ([, { data_offsets: a }], [, { data_offsets: b }]) => a[0] - b[0] || a[1] - b[1],
  );
  let end = 0;
  for (const [name, { data_offsets: offsets }] of ordered) {
    if (offsets[1] > available) {
      const missing = offsets[1] - available;
      throw invalid(file, `tensor "${name}" ends ${missing} bytes after the file: it is truncated`);
    }
    if (offsets[0] !== end) {
      const flaw = offsets[0] < end ? 'overlaps the one before it' : 'leaves a gap before it';
      throw invalid(file, `tensor "${name}" ${flaw} (starts at ${offsets[0]}, expected ${end})`);
    }
    end = offsets[1];
  }
  if (end !== available) throw invalid(file, `${available - end} bytes follow the last tensor`);
}

function withSource<T>(source: string | Buffer, use: (file: Source) => T): T {
  if (endianness() !== 'LE') throw new Error('safetensors are little-endian; this machine is big-endian.');
  if (typeof source !== 'string') {
    const read = (offset: number, length: number) => new Uint8Array(source.subarray(offset, offset + length));
    return use({ label: 'the given bytes', size: source.length, read });
  }
  const descriptor = openForReading(source);
  try {
    const read = (offset: number, length: number) => readWhole(descriptor, offset, length, source);
    return use({ label: `"${source}"`, size: fstatSync(descriptor).size, read });
  } finally {
    closeSync(descriptor);
  }
}

function openForReading(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const flaw = code === 'ENOENT' ? 'does not exist' : `cannot be opened (${code})`;
    throw new Error(`The safetensors file "${path}" ${flaw}; check the path.`);
  }
}

function readWhole(descriptor: number, offset: number, length: number, path: string): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const count = readSync(descriptor, bytes, done, length - done, offset + done);
    if (count === 0) throw new Error(`"${path}" became shorter while it was being read; read it again.`);
    done += count;
  }
  return bytes;
}

function invalid(file: Source, flaw: string, advice = 'fetch or save it again'): Error {
  return new Error(`${file.label} is not a readable safetensors file: ${flaw}; ${advice}.`);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((count, size) => count * size, 1);
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
