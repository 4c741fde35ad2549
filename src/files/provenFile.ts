import { readFileSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { writeFileAtomically } from './atomicFile';
import { DownloadError, DownloadInterruptedError } from './downloadError';
import type { FileProof } from './growingFile';
import {
  agrees,
  contradiction,
  type FileSums,
  type PublishedProof,
  type RunningSums,
  runningSums,
} from './publishedProof';

/** What the file must be, as far as it is published, and how it is read. */
export interface ProofOptions extends PublishedProof {
  /** Reads the file even if it looks untouched since it was read last. */
  anew?: boolean;
  signal?: AbortSignal;
  /** Bytes read so far, and in all. */
  onProgress?: (bytes: number, total: number) => void;
}

/** What is remembered of a file, in `<path>.json` beside it. */
interface Remembered extends FileSums {
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
  const isProven = isUntouched && !options.anew && (known.md5 || !options.md5);
  const hasRightSize = options.bytes === undefined || options.bytes === found.size;
  // Of a file of the wrong size nobody wants to know more.
  const sums = isProven
    ? known
    : hasRightSize
      ? await sumsOf(path, options)
      : { bytes: found.size, sha256: '' };
  check(path, sums, options, known?.sha256);
  if (!isProven) remember(path, { ...sums, mtimeMs: found.mtimeMs });
  return { bytes: sums.bytes, sha256: sums.sha256 };
}

/** Remembers what a file is that was just written and proven. */
export async function rememberProof(path: string, proof: FileSums): Promise<void> {
  remember(path, { ...proof, mtimeMs: (await stat(path)).mtimeMs });
}

/** The SHA-256 that a file had when it was first here. */
export function recordedSha256(path: string): string | undefined {
  return rememberedOf(path)?.sha256;
}

function check(path: string, sums: FileSums, published: PublishedProof, recorded?: string): void {
  const failed = (how: string, remedy: string) =>
    new DownloadError('checksum', `"${path}" is not the file that was expected: ${how}; ${remedy}.`);
  const wrong = contradiction(sums, published);
  if (wrong) {
    throw failed(
      `its ${wrong.what} is ${wrong.found}, the publisher's is ${wrong.published}`,
      'delete it, and it can be fetched again',
    );
  }
  if (!agrees(sums.sha256, recorded)) {
    throw failed(
      `its SHA-256 is ${sums.sha256}, when it was first here it was ${recorded}`,
      `delete it to fetch it again, or "${path}.json" if the change is wanted`,
    );
  }
}

const LARGEST_READ = 2 ** 20;

/** Adds the first `length` bytes of an open file to its sums. */
export async function addFrom(
  running: RunningSums,
  file: FileHandle,
  length: number,
  { signal, onProgress }: Pick<ProofOptions, 'signal' | 'onProgress'> = {},
): Promise<void> {
  const piece = Buffer.allocUnsafe(LARGEST_READ);
  for (let at = 0; at < length; ) {
    if (signal?.aborted) throw new DownloadInterruptedError('Stopped while reading what is there.');
    const { bytesRead } = await file.read(piece, 0, Math.min(piece.length, length - at), at);
    if (bytesRead === 0) throw new Error(`Expected ${length} bytes, but the file ends at ${at}; try again.`);
    running.add(piece.subarray(0, bytesRead));
    at += bytesRead;
    onProgress?.(at, length);
  }
}

async function sumsOf(path: string, options: ProofOptions): Promise<FileSums> {
  const file = await open(path, 'r');
  try {
    const running = runningSums(options);
    await addFrom(running, file, (await file.stat()).size, options);
    return running.sums();
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
