/** A piece of a MATLAB file: what kind of data it holds, and the data. */
export interface MatlabElement {
  /** One of `ELEMENT`. */
  type: number;
  bytes: Buffer;
  littleEndian: boolean;
}

/** The kinds of elements that are no plain numbers. */
export const ELEMENT = { matrix: 14, compressed: 15, utf8: 16, utf16: 17, utf32: 18 };

/** The kinds that are: bytes of a number, and how one is read. */
const NUMBERS: Record<
  number,
  [size: number, read: (view: DataView, at: number, littleEndian: boolean) => number]
> = {
  1: [1, (view, at) => view.getInt8(at)],
  2: [1, (view, at) => view.getUint8(at)],
  3: [2, (view, at, order) => view.getInt16(at, order)],
  4: [2, (view, at, order) => view.getUint16(at, order)],
  5: [4, (view, at, order) => view.getInt32(at, order)],
  6: [4, (view, at, order) => view.getUint32(at, order)],
  7: [4, (view, at, order) => view.getFloat32(at, order)],
  9: [8, (view, at, order) => view.getFloat64(at, order)],
  12: [8, (view, at, order) => exact(view.getBigInt64(at, order))],
  13: [8, (view, at, order) => exact(view.getBigUint64(at, order))],
};

/** Reads elements one after another. Lengths are held against what is there before anything is taken. */
export interface MatlabElements {
  /** Bytes that are still to come. */
  readonly left: number;
  readonly littleEndian: boolean;
  /** @throws Error where the bytes end within the element */
  next(): MatlabElement;
}

/**
 * Source: MathWorks, MAT-File Format, "Data Elements": a tag of 8 bytes and the data, filled up to whole 8 bytes unless they
 * are compressed; or both in 8 bytes, where the data take 4 at most.
 */
export function elementsOf(bytes: Buffer, littleEndian: boolean): MatlabElements {
  let at = 0;
  const uint32 = (place: number) => (littleEndian ? bytes.readUInt32LE(place) : bytes.readUInt32BE(place));
  const pass = (length: number): number => {
    if (length > bytes.length - at)
      throw new Error(`it ends within ${length} bytes of which ${bytes.length - at} are there`);
    at += length;
    return at - length;
  };
  return {
    littleEndian,
    get left() {
      return bytes.length - at;
    },
    next() {
      const tag = pass(8);
      const first = uint32(tag);
      const small = first >>> 16;
      if (small > 4) throw new Error(`${small} bytes stand where 4 have room`);
      if (small > 0) {
        return { type: first & 0xffff, bytes: bytes.subarray(tag + 4, tag + 4 + small), littleEndian };
      }
      const length = uint32(tag + 4);
      const start = pass(length);
      if (first !== ELEMENT.compressed) pass(Math.min(-length & 7, bytes.length - at));
      return { type: first, bytes: bytes.subarray(start, start + length), littleEndian };
    },
  };
}

/** @throws Error where the element holds something else, or whole numbers that a double does not hold exactly */
export function numbersOf({ type, bytes, littleEndian }: MatlabElement): Float64Array {
  const kind = NUMBERS[type];
  if (!kind) throw new Error(`numbers are expected where data of kind ${type} stand`);
  const [size, read] = kind;
  if (bytes.length % size !== 0) throw new Error(`${bytes.length} bytes hold no numbers of ${size} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Float64Array.from({ length: bytes.length / size }, (_, i) => read(view, i * size, littleEndian));
}

/** @throws Error where the element holds no characters */
export function charactersOf({ type, bytes, littleEndian }: MatlabElement): string {
  if (type === ELEMENT.utf8) return bytes.toString('utf8');
  // Characters of one byte, and UTF-16 and UTF-32 by either name.
  if (type === 1 || type === 2) return bytes.toString('latin1');
  const units = type === ELEMENT.utf16 ? 4 : type === ELEMENT.utf32 ? 6 : type;
  if (units !== 4 && units !== 6) throw new Error(`characters are expected where data of kind ${type} stand`);
  const codes = numbersOf({ type: units, bytes, littleEndian });
  const toText = units === 4 ? String.fromCharCode : String.fromCodePoint;
  return Array.from(codes, (code) => toText(code)).join('');
}

function exact(value: bigint): number {
  if (BigInt(Number(value)) === value) return Number(value);
  throw new Error(`${value} is beyond the whole numbers that a double holds exactly`);
}
