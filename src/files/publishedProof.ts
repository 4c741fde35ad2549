import { createHash } from 'node:crypto';
import type { FileProof } from './growingFile';

/** What a publisher says of a file, as far as anybody knows it. */
export interface PublishedProof {
  /** In hexadecimal digits, whole or how it begins. */
  sha256?: string | null;
  /** As `sha256`; of many older data sets nothing else is published. */
  md5?: string | null;
  /** How long the file is. */
  bytes?: number;
}

/** What a file is found to be; its MD5 only where one is published. */
export interface FileSums extends FileProof {
  md5?: string;
}

/** The sums of bytes that come one piece after the other. */
export interface RunningSums {
  add(piece: Uint8Array): void;
  /** Of all that came so far. */
  sums(): FileSums;
}

/** Sums what comes: always by SHA-256, which is what proofs are kept by, and by MD5 where that is published. */
export function runningSums({ md5 }: PublishedProof = {}): RunningSums {
  const hash = createHash('sha256');
  const second = md5 ? createHash('md5') : undefined;
  let bytes = 0;
  return {
    add(piece) {
      hash.update(piece);
      second?.update(piece);
      bytes += piece.length;
    },
    sums: () => ({
      bytes,
      sha256: hash.copy().digest('hex'),
      ...(second && { md5: second.copy().digest('hex') }),
    }),
  };
}

/** In what a file differs from what is published, and both values. */
export interface Contradiction {
  what: 'size' | 'SHA-256' | 'MD5';
  found: string;
  published: string;
}

/** Where a file is another than the published one; undefined where it is not, as far as anybody can say. */
export function contradiction(sums: FileSums, published: PublishedProof): Contradiction | undefined {
  const { bytes, sha256, md5 } = published;
  if (bytes !== undefined && sums.bytes !== bytes) {
    return { what: 'size', found: `${sums.bytes} bytes`, published: `${bytes} bytes` };
  }
  if (!agrees(sums.sha256, sha256)) return { what: 'SHA-256', found: sums.sha256, published: `${sha256}` };
  if (!agrees(sums.md5 ?? '', md5)) return { what: 'MD5', found: `${sums.md5}`, published: `${md5}` };
  return undefined;
}

/** Does a checksum agree with what is known of it: nothing, its beginning or the whole? */
export function agrees(sum: string, expected: string | null | undefined): boolean {
  return !expected || sum.startsWith(expected.toLowerCase());
}
