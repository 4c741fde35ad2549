import { readFileSync } from 'node:fs';
import { writeFileAtomically } from './atomicFile';
import { shown } from './quoted';
import { countOf } from './weightsFile';

/** An array as NumPy's `.npy` files hold it: single precision, row-major. */
export interface NpyArray {
  shape: number[];
  data: Float32Array;
}

/** The same of whole numbers: classes, predictions, places. */
export interface IntegerNpyArray {
  shape: number[];
  data: Int32Array;
}

/** NumPy's names of what arrays may hold here. */
const TYPES = { '<f4': 'float32', '<i4': 'int32' };
type Descr = keyof typeof TYPES;

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
const ALIGNMENT = 64;
/** NumPy leaves as much room for the first axis, so that a file can grow without a new header. */
const ROOM_FOR_ROWS = 21;

/**
 * The beginning of a `.npy` file, byte for byte as NumPy writes it. It is as long for any number of rows.
 *
 * Source: `numpy.lib.format`, version 1.0.
 */
export function npyHeader(shape: readonly number[], descr: Descr = '<f4'): Buffer {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const described = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const text = described + ' '.repeat(shape.length > 0 ? ROOM_FOR_ROWS - String(shape[0]).length : 0);
  const start = MAGIC.length + 4;
  const padding = ALIGNMENT - ((start + text.length + 1) % ALIGNMENT);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(text.length + padding + 1);
  return Buffer.concat([MAGIC, Buffer.of(1, 0), length, Buffer.from(`${text}${' '.repeat(padding)}\n`)]);
}

/** Writes an array that `numpy.load` reads; whole or not at all. */
export function writeNpy(path: string, { shape, data }: NpyArray | IntegerNpyArray): void {
  const count = countOf(shape);
  if (count !== data.length) {
    throw new Error(`Expected ${count} numbers for the shape [${shape}], got ${data.length}.`);
  }
  writeFileAtomically(path, [
    npyHeader(shape, data instanceof Int32Array ? '<i4' : '<f4'),
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ]);
}

/**
 * Reads an array that NumPy or `writeNpy` wrote.
 *
 * @throws if the file is no `.npy` file, holds other numbers than float32 in row-major order, or was cut off
 */
export function readNpy(path: string): NpyArray {
  const { shape, bytes } = readNumbers(path, '<f4');
  return { shape, data: new Float32Array(bytes.buffer) };
}

/** The same for whole numbers of 32 bits. */
export function readIntegerNpy(path: string): IntegerNpyArray {
  const { shape, bytes } = readNumbers(path, '<i4');
  return { shape, data: new Int32Array(bytes.buffer) };
}

function readNumbers(path: string, descr: Descr): { shape: number[]; bytes: Uint8Array } {
  const bytes = readFileSync(path);
  const { shape, start } = readNpyHeader(bytes, path, descr);
  const count = countOf(shape);
  if (bytes.length - start !== 4 * count) {
    throw new Error(
      `Expected ${4 * count} bytes of numbers in "${path}" for its shape [${shape}], got ${bytes.length - start}; it was cut off.`,
    );
  }
  return { shape, bytes: Uint8Array.from(bytes.subarray(start)) };
}

/**
 * What a file's beginning says of it, and where the numbers start. Throws as `readNpy` does.
 *
 * @param bytes the file, or its first kilobytes
 */
export function readNpyHeader(
  bytes: Buffer,
  path: string,
  descr: Descr = '<f4',
): { shape: number[]; start: number } {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new Error(`Expected an array of NumPy in "${path}", but it does not begin as one; check the path.`);
  }
  const version = bytes[MAGIC.length];
  const from = version === 1 ? 10 : 12;
  if (!(version >= 1 && version <= 3 && bytes.length >= from)) {
    throw new Error(
      `Expected a whole header of version 1 to 3 in "${path}", but got ${bytes.length} bytes of version ${version ?? 0}; get it again.`,
    );
  }
  const length = version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  const text = bytes.toString('utf8', from, from + length);
  const found = /'descr': '([^']+)', 'fortran_order': (True|False), 'shape': \(([^)]*)\)/.exec(text);
  if (found?.[1] !== descr || found[2] !== 'False') {
    const got = found
      ? `${shown(found[1])}${found[2] === 'True' ? ' column by column' : ''}`
      : 'something else';
    throw new Error(
      `Expected ${TYPES[descr]} ("${descr}") row by row in "${path}", got ${got}; save it with numpy.ascontiguousarray(x, "${descr}").`,
    );
  }
  const sides = found[3].split(',').map((side) => side.trim());
  const shape = sides.filter((side) => side !== '').map(Number);
  if (!sides.every((side) => /^\d*$/.test(side)) || !Number.isSafeInteger(countOf(shape))) {
    throw new Error(
      `Expected a shape of whole numbers in "${path}", got (${shown(found[3])}); get it again.`,
    );
  }
  return { shape, start: from + length };
}
