import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { npyHeader } from './npy';

/** A matrix that is written row by row, in one go or in several. */
export interface GrowingNpy {
  readonly rows: number;
  /** Adds rows; they have left the process when this returns. */
  append(values: Float32Array): void;
  /** Writes the number of rows into the header and gives the file its name. */
  finish(): void;
  /** Leaves an unfinished file as it is, to go on with; does nothing after `finish`. */
  close(): void;
}

/** How many whole rows an unfinished or finished file of this width has. */
export function rowsInNpy(path: string, width: number): number {
  const found = [partialOf(path), path].find(existsSync);
  if (!found) return 0;
  return Math.max(0, Math.floor((statSync(found).size - npyHeader([0, width]).length) / (4 * width)));
}

/**
 * Opens a `.npy` matrix `[rows, width]` of float32 to go on behind its first `rows` rows; what comes after them goes. It
 * grows under the name `<path>.partial`, and memory holds none of it. A finished file stays as it is until rows are added.
 */
export function openGrowingNpy(path: string, width: number, rows = 0): GrowingNpy {
  const partial = partialOf(path);
  const start = npyHeader([0, width]).length;
  let count = rows;
  let descriptor: number | undefined;
  const open = () => {
    if (descriptor !== undefined) return descriptor;
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(partial) && existsSync(path)) renameSync(path, partial);
    descriptor = openSync(partial, existsSync(partial) ? 'r+' : 'w');
    ftruncateSync(descriptor, start + rows * 4 * width);
    return descriptor;
  };
  const close = () => {
    if (descriptor !== undefined) closeSync(descriptor);
    descriptor = undefined;
  };
  return {
    get rows() {
      return count;
    },
    append(values) {
      writeAt(open(), values, start + count * 4 * width);
      count += values.length / width;
    },
    finish() {
      if (descriptor === undefined && !existsSync(partial) && existsSync(path)) return;
      const file = open();
      writeAt(file, npyHeader([count, width]), 0);
      fsyncSync(file);
      close();
      renameSync(partial, path);
    },
    close,
  };
}

const partialOf = (path: string) => `${path}.partial`;

function writeAt(descriptor: number, values: Float32Array | Uint8Array, place: number): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(descriptor, bytes, written, bytes.length - written, place + written);
  }
}
