import { createHash, type Hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { writeFileAtomically } from './atomicFile';
import { DownloadError, DownloadInterruptedError } from './downloadError';
import type { FileProof } from './growingFile';

export interface ProofOptions {
  /** What the file's SHA-256 must be, or how it must begin; null where nobody knows. */
  sha256?: string | null;
  /** Reads the file even if it looks untouched since it was read last. */
  anew?: boolean;
  signal?: AbortSignal;
  /** Bytes read so far, and in all. */
  onProgress?: (bytes: number, total: number) => void;
}

/** What is remembered of a file, in `<path>.json` beside it. */
interface Remembered extends FileProof {
  mtimeMs: number;
}

/**
 * Proves that a file is the right one. It is read whole once; then its size, time and SHA-256 are remembered in a small
 * `<path>.json` beside it, and as long as size and time are the same it is not read again. A SHA-256 once remembered is
 * also what the file must have later on, where no other is known.
 *
 * @returns null where there is no such file
 * @throws {DownloadError} with flaw `checksum`, {DownloadInterruptedError}
 */
export async function provenFile(path: string, options: ProofOptions = {}): Promise<FileProof | null> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
  if (!found) return null;
  const known = rememberedOf(path);
  const isUntouched = known && known.bytes === found.size && known.mtimeMs === found.mtimeMs;
  const sha256 = isUntouched && !options.anew ? known.sha256 : await sha256Of(path, options);
  check(path, sha256, options.sha256, known?.sha256);
  const proof = { bytes: found.size, sha256 };
  if (!isUntouched) remember(path, { ...proof, mtimeMs: found.mtimeMs });
  return proof;
}

/** Remembers what a file is that was just written and proven. */
export async function rememberProof(path: string, proof: FileProof): Promise<void> {
  remember(path, { ...proof, mtimeMs: (await stat(path)).mtimeMs });
}

/** The SHA-256 that a file had when it was first here. */
export function recordedSha256(path: string): string | undefined {
  return rememberedOf(path)?.sha256;
}

/** Does a SHA-256 agree with what is known of it: nothing, its beginning or the whole? */
export function agrees(sha256: string, expected: string | null | undefined): boolean {
  return !expected || sha256.startsWith(expected.toLowerCase());
}

function check(path: string, sha256: string, published?: string | null, recorded?: string): void {
  const failed = (whose: string, remedy: string) =>
    new DownloadError(
      'checksum',
      `"${path}" is not the file that was expected: its SHA-256 is ${sha256}, ${whose}; ${remedy}.`,
    );
  if (!agrees(sha256, published)) {
    throw failed(`the publisher's is ${published}`, 'delete it, and it can be fetched again');
  }
  if (!agrees(sha256, recorded)) {
    throw failed(
      `when it was first here it was ${recorded}`,
      `delete it to fetch it again, or "${path}.json" if the change is wanted`,
    );
  }
}

const LARGEST_READ = 2 ** 20;

/** Feeds the first `length` bytes of an open file to a hash. */
export async function hashFrom(
  hash: Hash,
  file: FileHandle,
  length: number,
  { signal, onProgress }: Pick<ProofOptions, 'signal' | 'onProgress'> = {},
): Promise<void> {
  const piece = Buffer.allocUnsafe(LARGEST_READ);
  for (let at = 0; at < length; ) {
    if (signal?.aborted) throw new DownloadInterruptedError('Stopped while reading what is there.');
    const { bytesRead } = await file.read(piece, 0, Math.min(piece.length, length - at), at);
    if (bytesRead === 0) throw new Error(`Expected ${length} bytes, but the file ends at ${at}; try again.`);
    hash.update(piece.subarray(0, bytesRead));
    at += bytesRead;
    onProgress?.(at, length);
  }
}

async function sha256Of(path: string, options: ProofOptions): Promise<string> {
  const file = await open(path, 'r');
  try {
    const hash = createHash('sha256');
    await hashFrom(hash, file, (await file.stat()).size, options);
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}

function rememberedOf(path: string): Remembered | undefined {
  try {
    const value = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
    return typeof value.sha256 === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Where nothing can be written, a file is read anew each time. */
const UNWRITABLE = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT'];

function remember(path: string, value: Remembered): void {
  try {
    writeFileAtomically(`${path}.json`, [`${JSON.stringify(value)}\n`]);
  } catch (error) {
    if (!UNWRITABLE.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
