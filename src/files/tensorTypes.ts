/** The number formats that clipbook reads and writes in safetensors files. */
export type TensorType = 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'U8' | 'BOOL';

/** What a format becomes in memory: floats become 32-bit floats, integers 32-bit integers, BOOL bytes of 0 and 1. */
export type TensorData = Float32Array | Int32Array | Uint8Array;

interface Codec {
  bytes: number;
  decode(bytes: Uint8Array): TensorData;
  encode(data: ArrayLike<number>): Uint8Array;
}

/** How each format lies in a file, little-endian. The bytes to decode must start on a multiple of 8. */
export const codecs: Record<TensorType, Codec> = {
  F32: { bytes: 4, decode: (bytes) => new Float32Array(...span(bytes, 4)), encode: pack(Float32Array) },
  F16: {
    bytes: 2,
    decode: decodeHalf,
    encode: (data) => asBytes(Uint16Array.from(data, numberToHalf)),
  },
  BF16: { bytes: 2, decode: decodeBfloat16, encode: encodeBfloat16 },
  I64: {
    bytes: 8,
    decode: (bytes) => Int32Array.from(new BigInt64Array(...span(bytes, 8)) as unknown as bigint[], toInt32),
    encode: (data) => asBytes(BigInt64Array.from(Array.from(data, BigInt))),
  },
  I32: { bytes: 4, decode: (bytes) => new Int32Array(...span(bytes, 4)), encode: pack(Int32Array) },
  U8: { bytes: 1, decode: (bytes) => bytes, encode: pack(Uint8Array) },
  BOOL: { bytes: 1, decode: (bytes) => bytes, encode: pack(Uint8Array) },
};

/** The value of IEEE 754 half-precision bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The half-precision bits nearest to a value, ties to even; too large becomes infinity. */
function numberToHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(Math.floor(Math.log2(size)), -14);
  const steps = roundToEven(size / 2 ** (exponent - 10));
  // Subnormals have no implied leading 1; a fraction that rounds up to 2048 carries into the exponent by itself.
  return sign | (steps < 1024 ? steps : ((exponent + 15) << 10) + steps - 1024);
}

function roundToEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** By a table of all 65,536 halves: published checkpoints hold hundreds of millions of values. */
function decodeHalf(bytes: Uint8Array): Float32Array {
  halves ??= Float32Array.from({ length: 0x10000 }, (_, bits) => halfToNumber(bits));
  const bits = new Uint16Array(...span(bytes, 2));
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = halves[bits[i]];
  return values;
}

let halves: Float32Array | undefined;

/** bfloat16 is the upper half of a 32-bit float. */
function decodeBfloat16(bytes: Uint8Array): Float32Array {
  const upper = new Uint16Array(...span(bytes, 2));
  const words = new Uint32Array(upper.length);
  for (let i = 0; i < upper.length; i++) words[i] = upper[i] << 16;
  return new Float32Array(words.buffer);
}

/** Rounds to the nearest, ties to even. */
function encodeBfloat16(data: ArrayLike<number>): Uint8Array {
  const words = new Uint32Array(Float32Array.from(data).buffer);
  const upper = new Uint16Array(words.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const notANumber = (word & 0x7fffffff) > 0x7f800000;
    upper[i] = notANumber ? 0x7fc0 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return asBytes(upper);
}

function toInt32(value: bigint): number {
  const number = Number(value);
  if (number !== (number | 0)) throw new RangeError(`holds ${value}, which does not fit 32 bits`);
  return number;
}

type NumberArray = Float32Array | Int32Array | Uint8Array | Uint16Array | BigInt64Array;

/** Bytes of an array in the given element type; no copy where it has that type already. */
function pack(type: { from(data: ArrayLike<number>): NumberArray; new (length: number): NumberArray }) {
  return (data: ArrayLike<number>) => asBytes(data instanceof type ? data : type.from(data));
}

function asBytes(array: NumberArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** The arguments of a typed array over these bytes. */
function span(bytes: Uint8Array, size: number): [ArrayBuffer, number, number] {
  return [bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength / size];
}
