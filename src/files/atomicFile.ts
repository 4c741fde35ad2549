import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/**
 * Writes a file that is either whole or not there: the chunks go to a temporary neighbour, which takes the file's
 * place once they are all on the disk. A file that was there before stays as it is until then.
 */
export function writeFileAtomically(path: string, chunks: Iterable<Uint8Array | string>): void {
  const temporary = `${path}.${process.pid}.tmp`;
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
}

/** `writeSync` takes fewer than 2 GiB at once, and may write less than it was given. */
const LARGEST_WRITE = 2 ** 30;

function writeWhole(descriptor: number, chunk: Uint8Array | string): void {
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  for (let written = 0; written < bytes.byteLength; ) {
    written += writeSync(descriptor, bytes, written, Math.min(bytes.byteLength - written, LARGEST_WRITE));
  }
}
