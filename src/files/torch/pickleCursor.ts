/** A file that is damaged; the message is a flaw, such as "it ends early". */
export class PickleError extends Error {
  override readonly name: string = 'PickleError';
}

/** A file that is sound, perhaps, but asks for or holds other things than tensors and plain containers. */
export class RefusedError extends PickleError {
  override readonly name = 'RefusedError';
}

/** Reads a pickle's bytes one after another. Lengths are checked against what is there before memory is taken. */
export interface PickleCursor {
  /** The place of the next byte. */
  readonly position: number;
  byte(): number;
  uint16(): number;
  int32(): number;
  uint32(): number;
  /** An unsigned 64-bit length. */
  length64(): number;
  /** A 64-bit float, the one big-endian number of the format. */
  double(): number;
  /** A signed integer of so many bytes; a bigint where it is beyond a double's exact integers. */
  integer(bytes: number): number | bigint;
  /** A copy. */
  bytes(length: number): Uint8Array;
  /** UTF-8. */
  text(length: number): string;
  /** Text up to a line feed, which is skipped. */
  line(): string;
}

/** @throws PickleError at every read beyond the end */
export function cursorOver(pickle: Uint8Array): PickleCursor {
  const view = new DataView(pickle.buffer, pickle.byteOffset, pickle.byteLength);
  let position = 0;

  /** The place of the next bytes, which are then behind. */
  function pass(length: number): number {
    if (length > pickle.length - position) {
      throw new PickleError(
        `its pickle of ${pickle.length} bytes ends within a value of ${length} at byte ${position}`,
      );
    }
    position += length;
    return position - length;
  }

  function take(length: number): Uint8Array {
    const start = pass(length);
    return pickle.subarray(start, start + length);
  }

  return {
    get position() {
      return position;
    },
    byte: () => view.getUint8(pass(1)),
    uint16: () => view.getUint16(pass(2), true),
    int32: () => view.getInt32(pass(4), true),
    uint32: () => view.getUint32(pass(4), true),
    length64: () => Number(view.getBigUint64(pass(8), true)),
    double: () => view.getFloat64(pass(8)),
    integer: (bytes) => toInteger(take(bytes)),
    bytes: (length) => take(length).slice(),
    text: (length) => toText(take(length)),
    line() {
      const end = pickle.indexOf(0x0a, position);
      if (end < 0)
        throw new PickleError(`its pickle lacks the end of a line that begins at byte ${position}`);
      const line = toText(take(end - position));
      position++;
      return line;
    },
  };
}

/** Two's complement, least byte first. */
function toInteger(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  value = BigInt.asIntN(8 * bytes.length, value);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function toText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new PickleError('a text in its pickle is not UTF-8');
  }
}
