import {
  DownloadError,
  DownloadInterruptedError,
  networkError,
  PassingError,
  refusal,
} from './downloadError';
import { requireSpace } from './freeSpace';
import type { Origin, PartialFile } from './partialFile';
import type { PublishedProof } from './publishedProof';
import { type Answer, fetchFollowing } from './redirects';

export interface AttemptOptions {
  signal?: AbortSignal;
  /** Milliseconds without a byte after which a connection counts as dead. */
  patience: number;
  /** Bytes here so far, and in all where the server says so. */
  onProgress?: (bytes: number, total?: number) => void;
  /** What the file should be. */
  published?: PublishedProof;
}

/**
 * Asks once for what a partial file still lacks, and writes what comes. A server that has another file by now, or knows
 * nothing of parts, sends the whole, and the file begins anew.
 *
 * @throws {PassingError} if another attempt may do better; {DownloadError}; {DownloadInterruptedError}
 */
export async function attemptDownload(
  address: string,
  partial: PartialFile,
  { signal, patience, onProgress, published = {} }: AttemptOptions,
): Promise<void> {
  if (partial.bytes > 0 && partial.bytes === partial.origin?.total) return;
  const watch = watchFor(patience);
  try {
    const answer = await fetchFollowing(address, {
      headers: headersFor(partial),
      signal: signal ? AbortSignal.any([signal, watch.signal]) : watch.signal,
    });
    await accept(answer, address, partial);
    const total = partial.origin?.total;
    checkAnnounced(partial, address, published);
    onProgress?.(partial.bytes, total);
    for await (const chunk of answer.response.body ?? []) {
      await partial.write(chunk);
      watch.sawLife();
      onProgress?.(partial.bytes, total);
    }
    await checkLength(partial, total);
  } catch (error) {
    if (signal?.aborted) throw new DownloadInterruptedError(`Stopped after ${partial.bytes} bytes.`);
    if (watch.signal.aborted) throw new PassingError(`nothing came for ${patience / 1000} s`);
    if (error instanceof DownloadError || error instanceof PassingError) throw error;
    throw networkError(error, new URL(address).host);
  } finally {
    watch.stop();
  }
}

/** A signal that comes when there was no life for so many milliseconds, and at the end, for what is still open. */
function watchFor(patience: number) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), patience);
  const stop = () => {
    clearTimeout(timer);
    controller.abort();
  };
  return { signal: controller.signal, sawLife: () => timer.refresh(), stop };
}

/** `If-Range`: the part only if the file is still the same, else the whole. */
function headersFor({ bytes, origin }: PartialFile): Record<string, string> {
  const plain = { 'accept-encoding': 'identity', 'user-agent': 'clipbook' };
  if (bytes === 0 || !origin?.validator) return plain;
  return { ...plain, range: `bytes=${bytes}-`, 'if-range': origin.validator };
}

/** Makes the partial file ready for an answer's bytes. */
async function accept({ response, sha256 }: Answer, address: string, partial: PartialFile): Promise<void> {
  const { status, headers } = response;
  const origin = { ...originOf(headers), address, sha256 };
  if (headers.get('content-type')?.startsWith('text/html') && response.ok) {
    const { host } = new URL(address);
    throw new DownloadError(
      'refused',
      `${host} answered with a web page where a file was expected: ${address}.`,
    );
  }
  if (status === 200) return partial.begin(origin);
  if (status !== 206 && status !== 416) throw refusal(response, address);
  if (status === 206 && continues(headers, partial, origin)) {
    partial.isPatched = true;
    return;
  }
  await partial.begin({ address });
  throw new PassingError('the server sent another part than was asked for');
}

/** Is a part of the same file, and does it begin where the partial file ends? */
function continues(headers: Headers, { bytes, origin: known }: PartialFile, { validator }: Origin): boolean {
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? [];
  const isSameSize = total === '*' || known?.total === undefined || Number(total) === known.total;
  return bytes > 0 && Number(start) === bytes && isSameSize && (!validator || validator === known?.validator);
}

/** What an answer with the whole file says of it; bytes that were packed for the way are others than the file's. */
function originOf(headers: Headers): Pick<Origin, 'validator' | 'total'> {
  const etag = headers.get('etag');
  const length = headers.get('content-length');
  if ((headers.get('content-encoding') ?? 'identity') !== 'identity') return {};
  return {
    validator: etag && !etag.startsWith('W/') ? etag : (headers.get('last-modified') ?? undefined),
    total: length === null ? undefined : Number(length),
  };
}

/** Is what the server announces the published file, and is there room for it? Hours of fetching would not mend it. */
function checkAnnounced(
  { bytes, path, origin }: PartialFile,
  address: string,
  published: PublishedProof,
): void {
  const total = origin?.total ?? published.bytes;
  if (total === undefined) return;
  if (published.bytes !== undefined && total !== published.bytes) {
    const sizes = `${total} bytes, where ${published.bytes} bytes are published`;
    throw new DownloadError('checksum', `${address} has ${sizes}; it is not fetched. Try another mirror.`);
  }
  requireSpace(path, total - bytes);
}

async function checkLength(partial: PartialFile, total: number | undefined): Promise<void> {
  const { bytes, origin } = partial;
  if (total === undefined || bytes === total) return;
  if (bytes > total) await partial.begin({ address: origin?.address ?? '' });
  throw new PassingError(`the server said ${total} bytes and sent ${bytes}`);
}
