/** What stands before the picture in a record of MXNet's: `IRHeader`. */
export interface RecordHeader {
  /** How many numbers the label has; 0 where it is one number inside the header. */
  flag: number;
  label: number | Float32Array;
  /** Lower and upper half of the record's number, each of 64 bits. */
  id: bigint;
  id2: bigint;
}

/** flag (32-bit unsigned), label (32-bit float), id and id2 (64-bit unsigned), little-endian. */
const HEADER_BYTES = 24;

/** A header without its flag, which follows from the label. */
export type NewRecordHeader = Pick<RecordHeader, 'label'> & Partial<Pick<RecordHeader, 'id' | 'id2'>>;

/** The header, the label's numbers if there are several, and the encoded picture: `mxnet.recordio.pack`. */
export function packRecord({ label, id = 0n, id2 = 0n }: NewRecordHeader, image: Uint8Array): Buffer {
  const numbers = typeof label === 'number' ? new Float32Array() : label;
  const payload = Buffer.alloc(HEADER_BYTES + 4 * numbers.length + image.length);
  payload.writeUInt32LE(numbers.length, 0);
  payload.writeFloatLE(typeof label === 'number' ? label : 0, 4);
  payload.writeBigUInt64LE(id, 8);
  payload.writeBigUInt64LE(id2, 16);
  numbers.forEach((number, i) => {
    payload.writeFloatLE(number, HEADER_BYTES + 4 * i);
  });
  payload.set(image, HEADER_BYTES + 4 * numbers.length);
  return payload;
}

/**
 * The header and the encoded picture, which shares the payload's memory: `mxnet.recordio.unpack`.
 *
 * @throws RangeError where the payload is too short for its header and label
 */
export function unpackRecord(payload: Buffer): { header: RecordHeader; image: Buffer } {
  if (payload.length < HEADER_BYTES) {
    throw new RangeError(`it has ${payload.length} bytes, fewer than the ${HEADER_BYTES} of a header`);
  }
  const flag = payload.readUInt32LE(0);
  const start = HEADER_BYTES + 4 * flag;
  if (start > payload.length) {
    throw new RangeError(`its label claims ${flag} numbers in ${payload.length} bytes`);
  }
  const numberAt = (_: unknown, i: number) => payload.readFloatLE(HEADER_BYTES + 4 * i);
  const header = {
    flag,
    label: flag === 0 ? payload.readFloatLE(4) : Float32Array.from({ length: flag }, numberAt),
    id: payload.readBigUInt64LE(8),
    id2: payload.readBigUInt64LE(16),
  };
  return { header, image: payload.subarray(start) };
}
