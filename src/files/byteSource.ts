import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes by their place, in an open file or in memory. */
export interface ByteSource {
  /** How errors call it. */
  label: string;
  size: number;
  /** Fresh memory, so that it is aligned for every number format. */
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

/** `readSync` takes fewer than 2 GiB at once. */
const LARGEST_READ = 2 ** 30;

/**
 * Opens a file for reading by place; nothing is read yet.
 * @throws If there is no such file or it cannot be opened; when reading, if it has become shorter.
 */
export function openSource(path: string): ByteSource {
  const descriptor = openForReading(path);
  return {
    label: `"${path}"`,
    size: fstatSync(descriptor).size,
    read: (offset, length) => readWhole(descriptor, offset, length, path),
    close: () => closeSync(descriptor),
  };
}

/** Bytes that are in memory already. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  return {
    label: 'the given bytes',
    size: bytes.length,
    read: (offset, length) => Uint8Array.from(bytes.subarray(offset, offset + length)),
    close: () => {},
  };
}

function openForReading(path: string): number {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const flaw = code === 'ENOENT' ? 'does not exist' : `cannot be opened (${code})`;
    throw new Error(`The weights file "${path}" ${flaw}; check the path.`);
  }
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw new Error(`Expected a weights file at "${path}", but it is not a file; name the file itself.`);
}

function readWhole(descriptor: number, offset: number, length: number, path: string): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const count = readSync(descriptor, bytes, done, Math.min(length - done, LARGEST_READ), offset + done);
    if (count === 0) throw new Error(`"${path}" became shorter while it was being read; read it again.`);
    done += count;
  }
  return bytes;
}
