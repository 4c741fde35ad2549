import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readNpyHeader } from './npy';

/** A matrix of float32 on the disk, of which memory holds what is asked for. */
export interface NpyMatrix {
  rows: number;
  width: number;
  /** `count` rows from `from` on, `[count, width]`. */
  read(from: number, count: number): Float32Array;
  close(): void;
}

const HEADER = 4096;

/**
 * Opens a `.npy` matrix.
 *
 * @throws as `readNpy` does; if it is no matrix, or not whole
 */
export function openNpyMatrix(path: string): NpyMatrix {
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
    return {
      rows,
      width,
      read(from, count) {
        const values = new Float32Array(count * width);
        fill(descriptor, new Uint8Array(values.buffer), start + from * 4 * width);
        return values;
      },
      close: () => closeSync(descriptor),
    };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function fill(descriptor: number, bytes: Uint8Array, place: number): void {
  for (let done = 0; done < bytes.length; ) {
    const count = readSync(descriptor, bytes, done, bytes.length - done, place + done);
    if (count === 0) throw new Error('A matrix became shorter while it was being read; try again.');
    done += count;
  }
}
