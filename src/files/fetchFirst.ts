import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { type Download, type DownloadOptions, download } from './download';
import { AbsentFileError, DownloadError } from './downloadError';
import { type DownloadSettings, downloadSettings, mirrored } from './downloadSettings';
import { provenFile } from './provenFile';
import type { PublishedProof } from './publishedProof';

/** A file on the web, and its place on this machine. */
export interface FilePlace extends PublishedProof {
  /** Of the file on the web; undefined where no program can fetch it. */
  address?: string;
  /** Where a person finds the file. */
  page: string;
  /** Where it is here, or goes. */
  path: string;
}

export interface FetchOptions
  extends Partial<DownloadSettings>,
    Omit<DownloadOptions, 'url' | 'target' | keyof PublishedProof> {
  /** Told before a file is asked for. */
  onFile?: (place: Pick<FilePlace, 'path'>) => void;
}

/** The place whose file is there, the best if there are several. */
export function presentPlace(places: readonly FilePlace[]): FilePlace | undefined {
  return places.find(({ path }) => existsSync(path));
}

/**
 * One of several files that serve as well, the best first: one that is here, proven by what is published of it,
 * else the first that can be fetched.
 *
 * @param what the files are, for errors
 * @throws {AbsentFileError} saying which file to save where, if none is here and none can be fetched; {DownloadError}
 *   where the file is the wrong one or cannot be written; {DownloadInterruptedError}
 */
export async function fetchFirst(
  what: string,
  places: readonly FilePlace[],
  options: FetchOptions = {},
): Promise<Download> {
  const present = presentPlace(places);
  if (present) {
    const proof = await provenFile(present.path, { ...present, signal: options.signal });
    if (proof) return { path: present.path, ...proof, isNew: false };
  }
  const { cache, mirror, offline } = downloadSettings(options);
  if (offline) throw absent(what, cache, 'CLIPBOOK_OFFLINE forbids to fetch it.', places);
  const flaws = new Set<string>();
  for (const place of places) {
    if (!place.address) continue;
    options.onFile?.(place);
    try {
      const url = mirrored(place.address, mirror);
      return await download({ ...options, ...place, url, target: place.path });
    } catch (error) {
      if (!mayBeElsewhere(error)) throw error;
      flaws.add((error as Error).message);
    }
  }
  const reasons = [...flaws].join(' ') || 'No program can, or may, fetch it.';
  throw absent(what, cache, reasons, places);
}

/** Is it a flaw of one place that another may not have? */
function mayBeElsewhere(error: unknown): boolean {
  return error instanceof DownloadError && ['missing', 'forbidden', 'unreachable'].includes(error.flaw);
}

function absent(
  what: string,
  cache: string,
  reason: string,
  [{ address, page, path }]: readonly FilePlace[],
): AbsentFileError {
  const where = path.startsWith(join(cache, sep)) ? 'in the cache' : `in "${dirname(path)}"`;
  const file = address ?? `the file behind ${page}`;
  const remedy = `Get ${file} in a browser or on another machine and save it as "${path}"`;
  const mirror = address ? ', or name a mirror with --mirror or CLIPBOOK_MIRROR' : '';
  return new AbsentFileError(`There is no file of ${what} ${where}. ${reason} ${remedy}${mirror}.`);
}
