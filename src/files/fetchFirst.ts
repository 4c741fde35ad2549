import { existsSync } from 'node:fs';
import { type Download, type DownloadOptions, download } from './download';
import { DownloadError } from './downloadError';
import { type DownloadSettings, downloadSettings, mirrored } from './downloadSettings';
import { provenFile } from './provenFile';

/** A file on the web, and its place in the cache. */
export interface FilePlace {
  /** Of the file on the web; undefined where no program can fetch it. */
  address?: string;
  /** Where a person finds the file. */
  page: string;
  /** Where it is in the cache, or goes. */
  path: string;
  /** Its SHA-256, or how that begins; null where nobody knows. */
  sha256: string | null;
}

export interface FetchOptions
  extends Partial<DownloadSettings>,
    Omit<DownloadOptions, 'url' | 'target' | 'sha256'> {
  /** Told before a file is asked for. */
  onFile?: (place: Pick<FilePlace, 'path'>) => void;
}

/** The place whose file is there, the best if there are several. */
export function presentPlace(places: readonly FilePlace[]): FilePlace | undefined {
  return places.find(({ path }) => existsSync(path));
}

/**
 * One of several files that serve as well, the best first: one that is in the cache, where it is proven by its checksum,
 * else the first that can be fetched.
 *
 * @param what the files are, for errors
 * @throws Error saying which file to save where, if none is in the cache and none can be fetched; DownloadError where the
 *   file is the wrong one or cannot be written; DownloadInterruptedError
 */
export async function fetchFirst(
  what: string,
  places: readonly FilePlace[],
  options: FetchOptions = {},
): Promise<Download> {
  const present = presentPlace(places);
  if (present) {
    const { path, sha256 } = present;
    const proof = await provenFile(path, { sha256, signal: options.signal });
    if (proof) return { path, ...proof, isNew: false };
  }
  const { mirror, offline } = downloadSettings(options);
  if (offline) throw new Error(absent(what, 'CLIPBOOK_OFFLINE forbids to fetch it.', places));
  const flaws = new Set<string>();
  for (const place of places) {
    if (!place.address) continue;
    options.onFile?.(place);
    try {
      const url = mirrored(place.address, mirror);
      return await download({ ...options, url, target: place.path, sha256: place.sha256 });
    } catch (error) {
      if (!mayBeElsewhere(error)) throw error;
      flaws.add((error as Error).message);
    }
  }
  const reasons = [...flaws].join(' ') || 'It is behind a page that no program can use.';
  throw new Error(absent(what, reasons, places));
}

/** Is it a flaw of one place that another may not have? */
function mayBeElsewhere(error: unknown): boolean {
  return error instanceof DownloadError && ['missing', 'forbidden', 'unreachable'].includes(error.flaw);
}

function absent(what: string, reason: string, [{ address, page, path }]: readonly FilePlace[]): string {
  const file = address ?? `the file behind ${page}`;
  const remedy = `Get ${file} in a browser or on another machine and save it as "${path}"`;
  const mirror = address ? ', or name a mirror with --mirror or CLIPBOOK_MIRROR' : '';
  return `There is no file of ${what} in the cache. ${reason} ${remedy}${mirror}.`;
}
