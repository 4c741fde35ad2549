import type { ByteSource } from './byteSource';
import { shown } from './quoted';
import { codecs, type TensorType } from './tensorTypes';
import { countOf } from './weightsFile';

/** A tensor in the header. */
export interface Entry {
  dtype: TensorType;
  shape: number[];
  /** First byte and the one after the last, counted from the end of the header. */
  data_offsets: [number, number];
}

export interface SafetensorsHeader {
  metadata: Record<string, string>;
  entries: Map<string, Entry>;
  /** Where the values begin, in bytes from the file's start. */
  start: number;
}

/** The format's own limit on the header, 100 MB. */
const largestHeader = 100_000_000;

/**
 * Reads the header and checks that it describes the file to the last byte.
 * @throws If the file is truncated, its header is malformed, tensors overlap or leave gaps, or a format is not supported;
 *   the sentence names the file and the tensor.
 */
export function readSafetensorsHeader(file: ByteSource): SafetensorsHeader {
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

function parseHeader(file: ByteSource, bytes: Uint8Array): Record<string, unknown> {
  try {
    const header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (header !== null && typeof header === 'object' && !Array.isArray(header)) return header;
  } catch {
    // Not UTF-8 or not JSON: the same advice as for a header that is no object.
  }
  throw invalid(file, 'its header is not a JSON object');
}

function checkEntry(file: ByteSource, name: string, entry: Entry): void {
  const { dtype, shape, data_offsets: offsets } = entry ?? {};
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2 || typeof dtype !== 'string') {
    throw invalid(file, `tensor "${name}" lacks a proper shape, data_offsets or dtype`);
  }
  if (!Object.hasOwn(codecs, dtype)) {
    const supported = Object.keys(codecs).join(', ');
    throw invalid(
      file,
      `tensor "${name}" has format ${dtype} where one of ${supported} is expected`,
      'convert it',
    );
  }
  const bytes = countOf(shape) * codecs[dtype].bytes;
  if (offsets[1] - offsets[0] !== bytes) {
    throw invalid(
      file,
      `tensor "${name}" of ${dtype} [${shape}] needs ${bytes} bytes and is given ${offsets[1] - offsets[0]}`,
    );
  }
}

/** The tensors must cover the values exactly: no gap, no overlap, nothing behind them. */
function checkLayout(file: ByteSource, entries: Map<string, Entry>, available: number): void {
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

function invalid(file: ByteSource, flaw: string, advice = 'fetch or save it again'): Error {
  return new Error(`${file.label} is not a readable safetensors file: ${shown(flaw, 500)}; ${advice}.`);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
