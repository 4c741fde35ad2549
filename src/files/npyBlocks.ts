import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readNpyHeader } from './npy';

/** Some rows of a matrix. */
export interface NpyBlock {
  /** The first one's place. */
  from: number;
  /** `[rows, width]` */
  values: Float32Array;
  width: number;
}

const HEADER = 4096;
const BYTES = 2 ** 24;

/**
 * The rows of a `.npy` matrix from the first to the last, a block of some megabytes at a time.
 *
 * @throws as `readNpy` does; if it is no matrix
 */
export function* npyBlocks(path: string, bytes = BYTES): Generator<NpyBlock> {
  const descriptor = openSync(path, 'r');
  try {
    const head = Buffer.alloc(HEADER);
    const { shape, start } = readNpyHeader(head.subarray(0, readSync(descriptor, head)), path);
    const [rows, width] = shape;
    if (shape.length !== 2 || fstatSync(descriptor).size !== start + 4 * rows * width) {
      throw new Error(
        `Expected a whole matrix in "${path}", got shape [${shape}] or a file that was cut off.`,
      );
    }
    const most = Math.max(1, Math.floor(bytes / (4 * width)));
    for (let from = 0; from < rows; from += most) {
      const values = new Float32Array(Math.min(most, rows - from) * width);
      fill(descriptor, new Uint8Array(values.buffer), start + from * 4 * width);
      yield { from, values, width };
    }
  } finally {
    closeSync(descriptor);
  }
}

function fill(descriptor: number, bytes: Uint8Array, place: number): void {
  for (let done = 0; done < bytes.length; ) {
    const count = readSync(descriptor, bytes, done, bytes.length - done, place + done);
    if (count === 0) throw new Error('A matrix became shorter while it was being read; try again.');
    done += count;
  }
}
