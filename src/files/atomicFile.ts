import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { writing } from './diskError';

/**
 * Writes a file that is either whole or not there, after a loss of power too: the chunks go to a temporary neighbour,
 * which takes the file's place once they are all on the disk. A file that was there before stays as it is until then.
 *
 * @throws {DiskError} where the disk does not take it; what the chunks throw
 */
export function writeFileAtomically(path: string, chunks: Iterable<Uint8Array | string>): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writing(path, () => {
    const descriptor = openSync(temporary, 'w');
    try {
      try {
        for (const chunk of chunks) writeWhole(descriptor, chunk);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    syncFolder(dirname(path));
  });
}

/** Makes a folder's names last: a new file's bytes may be on the disk while its name is not. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // has no such call, and needs none
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error; // some network disks cannot
  } finally {
    closeSync(descriptor);
  }
}

/** `writeSync` takes fewer than 2 GiB at once. */
const LARGEST_WRITE = 2 ** 30;

/** Writes all of it: one `writeSync` may write less than it was given, as on a disk that is nearly full. */
export function writeWhole(descriptor: number, chunk: Uint8Array | string): void {
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  for (let written = 0; written < bytes.byteLength; ) {
    written += writeSync(descriptor, bytes, written, Math.min(bytes.byteLength - written, LARGEST_WRITE));
  }
}
