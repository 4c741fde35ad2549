import { setTimeout as sleep } from 'node:timers/promises';
import { DownloadInterruptedError, diskError } from './downloadError';

export interface LockOptions {
  signal?: AbortSignal;
  /** Told once if another process, or another call in this one, has the lock. */
  onWait?: () => void;
}

/** A lock whose owner has not shown life for so many milliseconds is nobody's. */
const STALE = 20_000;
/** Milliseconds between two tries. */
const WAIT = 100;

/**
 * Does something that only one process at a time may do to a file; the others wait. The lock is a folder `path.lock`,
 * which works on network disks too, and whose time its owner renews.
 *
 * @param work is given a signal that stops it also where the lock was lost, as after a long sleep of the machine
 * @throws {DownloadInterruptedError} when the signal comes while waiting; {DownloadError} where no lock can be written
 */
export async function withFileLock<Result>(
  path: string,
  { signal, onWait }: LockOptions,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const lost = new AbortController();
  const release = await acquire(path, () => lost.abort(), signal, onWait);
  try {
    return await work(signal ? AbortSignal.any([signal, lost.signal]) : lost.signal);
  } catch (error) {
    if (!lost.signal.aborted) throw error;
    throw new Error(`Another process took over "${path}" while this one stood still; try again.`, {
      cause: error,
    });
  } finally {
    if (!lost.signal.aborted) await release();
  }
}

async function acquire(path: string, onCompromised: () => void, signal?: AbortSignal, onWait?: () => void) {
  // Only here: when loaded, it listens to the process's signals to remove its locks.
  const { lock } = require('proper-lockfile') as typeof import('proper-lockfile');
  for (let waited = false; ; waited = true) {
    if (signal?.aborted) throw new DownloadInterruptedError('Stopped while waiting for another process.');
    try {
      return await lock(path, { realpath: false, stale: STALE, onCompromised });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw diskError(error, `${path}.lock`);
      if (!waited) onWait?.();
    }
    await sleep(WAIT, undefined, { signal }).catch(() => {});
  }
}
