import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AttemptOptions, attemptDownload } from './downloadAttempt';
import { DownloadError, DownloadInterruptedError, diskError, PassingError } from './downloadError';
import { withFileLock } from './fileLock';
import type { FileProof } from './growingFile';
import { openPartialFile, type PartialFile } from './partialFile';
import { provenFile, recordedSha256, rememberProof } from './provenFile';
import { agrees, contradiction, type FileSums, type PublishedProof } from './publishedProof';

export interface DownloadOptions extends Partial<Omit<AttemptOptions, 'published'>>, PublishedProof {
  url: string;
  /** Where the file goes; its folder is made. */
  target: string;
  /** Told what happens that a person should know: broken connections, waiting for another process. */
  onNote?: (sentence: string) => void;
  /** Attempts in a row that bring nothing before it gives up; default 5. */
  attempts?: number;
  /** Milliseconds before the second attempt, doubled at each further one; default 1000. */
  firstWait?: number;
}

export interface Download extends FileProof {
  path: string;
  /** Was it fetched now, or was it there? */
  isNew: boolean;
}

const PATIENCE = 30_000;

/**
 * Brings a file from the web to a place: whole and proven, or not at all. A file that is there is proven instead
 * (`provenFile`), without the network. What an attempt leaves, `<target>.partial`, the next goes on with; processes that
 * want the same file wait for the first. A SHA-256 that nobody published is remembered and holds from then on.
 *
 * A fetched file with a wrong checksum is deleted: what begins as several GB of anything is of no use, and the error
 * says both sums. If it was patched together from several answers it is fetched once more in one piece first.
 *
 * ```ts
 * const { path } = await download({ url: 'https://example.org/weights.pt', target: 'weights.pt' });
 * ```
 *
 * @throws {DownloadError} whose `flaw` says why; {DownloadInterruptedError} when the signal comes
 */
export async function download(options: DownloadOptions): Promise<Download> {
  const { target, signal, onNote } = options;
  const present = await presentFile(options);
  if (present) return present;
  await mkdir(dirname(target), { recursive: true }).catch((error) => {
    throw diskError(error, target);
  });
  const onWait = () => onNote?.(`Another process fetches "${target}"; waiting for it.`);
  return withFileLock(target, { signal, onWait }, async (untilLost) => {
    const fetched = { ...options, signal: untilLost };
    return (await presentFile(fetched)) ?? (await fetchFile(fetched));
  });
}

async function presentFile({
  target,
  sha256,
  md5,
  bytes,
  signal,
}: DownloadOptions): Promise<Download | null> {
  if (!existsSync(target)) return null;
  const proof = await provenFile(target, { sha256, md5, bytes, signal });
  return proof && { path: target, ...proof, isNew: false };
}

async function fetchFile(options: DownloadOptions): Promise<Download> {
  const { url, target, signal, onNote } = options;
  const partial = await openPartialFile(target, url, options, signal);
  try {
    await receive(partial, options);
    let proof = await partial.prove();
    if (wrongWith(proof, partial, options) && partial.isPatched) {
      onNote?.(`${basename(target)} did not come together rightly from its parts; fetching it in one piece.`);
      await partial.begin({ address: url });
      await receive(partial, options);
      proof = await partial.prove();
    }
    const wrong = wrongWith(proof, partial, options);
    if (wrong) {
      await partial.discard();
      throw new DownloadError('checksum', wrong);
    }
    await partial.place();
    await rememberProof(target, proof);
    return { path: target, bytes: proof.bytes, sha256: proof.sha256, isNew: true };
  } finally {
    await partial.close();
  }
}

/** Attempts until everything is here; one that brought bytes does not count against the number of attempts. */
async function receive(partial: PartialFile, options: DownloadOptions): Promise<void> {
  const { url, signal, onProgress, onNote, attempts = 5, firstWait = 1000, patience = PATIENCE } = options;
  for (let failures = 0; ; ) {
    const before = partial.bytes;
    try {
      return await attemptDownload(url, partial, { signal, patience, onProgress, published: options });
    } catch (error) {
      if (!(error instanceof PassingError)) throw error;
      failures = partial.bytes > before ? 1 : failures + 1;
      if (failures >= attempts) {
        const message = `${url} cannot be had: ${error.message}, ${attempts} times in a row.`;
        throw new DownloadError('unreachable', message, { cause: error });
      }
      const wait = error.wait ?? firstWait * 2 ** (failures - 1) * (0.75 + Math.random() / 2);
      onNote?.(
        `${basename(options.target)}: ${error.message}; trying again in ${(wait / 1000).toFixed(1)} s.`,
      );
      await sleep(wait, undefined, { signal }).catch(() => {
        throw new DownloadInterruptedError(`Stopped after ${partial.bytes} bytes.`);
      });
    }
  }
}

/** What is wrong with a fetched file, as a sentence. */
function wrongWith(sums: FileSums, { origin }: PartialFile, options: DownloadOptions): string | undefined {
  const { url, target } = options;
  const recorded = recordedSha256(target);
  const wrong = contradiction(sums, options);
  const gave = `${url} gave ${sums.bytes} bytes`;
  const again = 'they are deleted. Try again, or another mirror.';
  if (wrong?.what === 'size') return `${gave}, where ${wrong.published} are published; ${again}`;
  if (wrong) {
    return `${gave} whose ${wrong.what} is ${wrong.found}, where ${wrong.published} is published; ${again}`;
  }
  const start = `${gave} whose SHA-256 is ${sums.sha256}`;
  if (!agrees(sums.sha256, recorded)) {
    return (
      `${start}, where it was ${recorded} at the first download; they are deleted. ` +
      `If the publisher changed the file, delete "${target}.json" and try again.`
    );
  }
  if (!agrees(sums.sha256, origin?.sha256)) {
    return `${start}, where the server itself says ${origin?.sha256}; they are deleted. Try again.`;
  }
  return undefined;
}
