import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DownloadError } from './downloadError';
import { formatBytes } from './formatBytes';

/**
 * Makes sure that a disk has room before hours are spent on filling it.
 *
 * @param path what will be written; neither it nor its folder need be there
 * @param bytes to come
 * @throws {DownloadError} with flaw `disk`
 */
export function requireSpace(path: string, bytes: number): void {
  const free = freeBytes(path);
  if (bytes <= free) return;
  throw new DownloadError(
    'disk',
    `There is no room for "${path}": ${formatBytes(bytes)} are to come, and its disk has ${formatBytes(free)} left; ` +
      'make room, or choose a folder on another disk with --cache, CLIPBOOK_CACHE or --data.',
  );
}

/** Of the disk on which a path is, or would be; infinitely many where the disk does not say. */
function freeBytes(path: string): number {
  try {
    const { blocks, bavail, bsize } = statfsSync(path);
    return blocks > 0 ? bavail * bsize : Number.POSITIVE_INFINITY;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' && dirname(path) !== path ? freeBytes(dirname(path)) : Number.POSITIVE_INFINITY;
  }
}
