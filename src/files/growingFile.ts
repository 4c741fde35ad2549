import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A file that is whole, with what proves it. */
export interface FileProof {
  bytes: number;
  /** In hexadecimal digits. */
  sha256: string;
}

/** A file that is written bit by bit and appears when it is finished. */
export interface GrowingFile {
  write(chunk: Uint8Array | string): void;
  /** Bytes written so far. */
  readonly bytes: number;
  /** Puts the file in its place. */
  finish(): FileProof;
  /** Leaves nothing behind. Does nothing after `finish`. */
  discard(): void;
}

/**
 * Opens a file for a long writing: it grows under the name `path.partial`, which a later attempt writes over, and takes
 * its own name when it is finished. Folders that are missing are made.
 *
 * @param durable waits at the end until everything is on the disk; default true
 */
export function createGrowingFile(path: string, { durable = true } = {}): GrowingFile {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.partial`;
  const descriptor = openSync(temporary, 'w');
  const hash = createHash('sha256');
  let bytes = 0;
  let isOpen = true;
  return {
    write(chunk) {
      const content = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      for (let at = 0; at < content.length; ) at += writeSync(descriptor, content, at, content.length - at);
      hash.update(content);
      bytes += content.length;
    },
    get bytes() {
      return bytes;
    },
    finish() {
      if (durable) fsyncSync(descriptor);
      closeSync(descriptor);
      isOpen = false;
      renameSync(temporary, path);
      return { bytes, sha256: hash.digest('hex') };
    },
    discard() {
      if (!isOpen) return;
      closeSync(descriptor);
      isOpen = false;
      rmSync(temporary, { force: true });
    },
  };
}

/** The size and SHA-256 of a file, read in pieces; null where there is no such file. */
export function proofOf(path: string): FileProof | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const hash = createHash('sha256');
    const piece = Buffer.allocUnsafe(2 ** 20);
    let bytes = 0;
    for (;;) {
      const count = readSync(descriptor, piece);
      if (count === 0) return { bytes, sha256: hash.digest('hex') };
      hash.update(piece.subarray(0, count));
      bytes += count;
    }
  } finally {
    closeSync(descriptor);
  }
}
