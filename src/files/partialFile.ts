import { constants, readFileSync, rmSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { writeFileAtomically } from './atomicFile';
import { diskError } from './downloadError';
import { addFrom } from './provenFile';
import { type FileSums, type PublishedProof, type RunningSums, runningSums } from './publishedProof';

/** Where the bytes of a partial file come from. */
export interface Origin {
  address: string;
  /** A strong ETag or a date, by which the server knows whether its file is still the same; without it, no resuming. */
  validator?: string;
  /** Bytes of the whole file, where the server says so. */
  total?: number;
  /** The SHA-256 that the server says the file has. */
  sha256?: string;
}

/**
 * Opens the partial file of a path: what an earlier attempt left if it came from the same address, else empty. What was
 * there is read once, for its sums.
 *
 * @throws {DownloadError} with flaw `disk`; {DownloadInterruptedError}
 */
export async function openPartialFile(
  path: string,
  address: string,
  published: PublishedProof = {},
  signal?: AbortSignal,
): Promise<PartialFile> {
  const file = await onDisk(path, () => open(`${path}.partial`, constants.O_RDWR | constants.O_CREAT));
  const partial = new PartialFile(path, file, published);
  try {
    await partial.takeUp(address, signal);
    return partial;
  } catch (error) {
    await partial.close();
    throw error;
  }
}

/** A file on its way: `<path>.partial`, with its origin in `<path>.partial.json`. */
export class PartialFile {
  /** Bytes here so far. */
  bytes = 0;
  /** Undefined before the first answer. */
  origin: Origin | undefined;
  /** Do its bytes come from more than one answer? */
  isPatched = false;
  private running: RunningSums;
  private isOpen = true;
  private readonly name: string;
  private readonly note: string;

  constructor(
    readonly path: string,
    private readonly file: FileHandle,
    private readonly published: PublishedProof,
  ) {
    this.running = runningSums(published);
    this.name = `${path}.partial`;
    this.note = `${this.name}.json`;
  }

  /** Goes on with what is in the file, if it came from this address and the server can tell whether it still holds. */
  async takeUp(address: string, signal?: AbortSignal): Promise<void> {
    const { size } = await this.file.stat();
    const origin = readOrigin(this.note);
    if (origin?.address !== address || !origin.validator || size > (origin.total ?? size)) return;
    [this.origin, this.bytes, this.isPatched] = [origin, size, size > 0];
    await addFrom(this.running, this.file, size, { signal });
  }

  /** Throws away what is here; what comes now is from this origin. */
  async begin(origin: Origin): Promise<void> {
    await onDisk(this.path, async () => {
      if ((await this.file.stat()).size > 0) await this.file.truncate();
      writeFileAtomically(this.note, [`${JSON.stringify(origin)}\n`]);
    });
    [this.origin, this.bytes, this.isPatched] = [origin, 0, false];
    this.running = runningSums(this.published);
  }

  async write(chunk: Uint8Array): Promise<void> {
    await onDisk(this.path, async () => {
      for (let at = 0; at < chunk.length; ) {
        const { bytesWritten } = await this.file.write(chunk, at, chunk.length - at, this.bytes);
        this.running.add(chunk.subarray(at, at + bytesWritten));
        at += bytesWritten;
        this.bytes += bytesWritten;
      }
    });
  }

  /** Waits until all is on the disk. */
  async prove(): Promise<FileSums> {
    await onDisk(this.path, () => this.file.sync());
    return this.running.sums();
  }

  /** Puts the file in its place. */
  async place(): Promise<void> {
    await this.release();
    await onDisk(this.path, () => rename(this.name, this.path));
    rmSync(this.note, { force: true });
  }

  async discard(): Promise<void> {
    await this.release();
    rmSync(this.name, { force: true });
    rmSync(this.note, { force: true });
  }

  /** Leaves it for a later attempt, if there is anything in it. Does nothing after `place` and `discard`. */
  async close(): Promise<void> {
    if (this.isOpen) await (this.bytes > 0 ? this.release() : this.discard());
  }

  private async release(): Promise<void> {
    if (this.isOpen) await this.file.close();
    this.isOpen = false;
  }
}

/** Errors of the file system as sentences. */
async function onDisk<Result>(path: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    throw diskError(error, path);
  }
}

function readOrigin(note: string): Origin | undefined {
  try {
    return JSON.parse(readFileSync(note, 'utf8')) as Origin;
  } catch {
    return undefined;
  }
}
