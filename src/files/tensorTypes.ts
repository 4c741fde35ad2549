import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from './halfPrecision';

/** The number formats that clipbook reads and writes, by their names in safetensors files. */
export type TensorType = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'U8' | 'BOOL';

/** What a format becomes in memory: floats become 32-bit floats, integers 32-bit integers, BOOL bytes of 0 and 1. */
export type TensorData = Float32Array | Int32Array | Uint8Array;

interface Codec {
  bytes: number;
  /** @throws RangeError "holds …, which does not fit 32 bits" */
  decode(bytes: Uint8Array): TensorData;
  encode(data: ArrayLike<number>): Uint8Array;
}

/**
 * How each format lies in a file, little-endian. The bytes to decode must start on a multiple of 8. F64 is rounded to
 * 32 bits when it is read.
 */
export const codecs: Record<TensorType, Codec> = {
  F64: {
    bytes: 8,
    decode: (bytes) => new Float32Array(new Float64Array(...span(bytes, 8))),
    encode: pack(Float64Array),
  },
  F32: { bytes: 4, decode: (bytes) => new Float32Array(...span(bytes, 4)), encode: pack(Float32Array) },
  F16: {
    bytes: 2,
    decode: (bytes) => halfToFloat(new Uint16Array(...span(bytes, 2))),
    encode: (data) => asBytes(floatToHalf(floats(data))),
  },
  BF16: {
    bytes: 2,
    decode: (bytes) => bfloatToFloat(new Uint16Array(...span(bytes, 2))),
    encode: (data) => asBytes(floatToBfloat(floats(data))),
  },
  I64: {
    bytes: 8,
    decode: (bytes) => Int32Array.from(new BigInt64Array(...span(bytes, 8)) as unknown as bigint[], toInt32),
    encode: (data) => asBytes(BigInt64Array.from(Array.from(data, BigInt))),
  },
  I32: { bytes: 4, decode: (bytes) => new Int32Array(...span(bytes, 4)), encode: pack(Int32Array) },
  U8: { bytes: 1, decode: (bytes) => bytes, encode: pack(Uint8Array) },
  BOOL: { bytes: 1, decode: (bytes) => bytes, encode: pack(Uint8Array) },
};

function toInt32(value: bigint): number {
  const number = Number(value);
  if (number !== (number | 0)) throw new RangeError(`holds ${value}, which does not fit 32 bits`);
  return number;
}

type NumberArray = Float64Array | Float32Array | Int32Array | Uint8Array | Uint16Array | BigInt64Array;

function floats(data: ArrayLike<number>): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

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
