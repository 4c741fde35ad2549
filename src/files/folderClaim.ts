import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { writing } from './diskError';
import { hasEnded, ownJob, type SlurmJob } from './slurmJob';

/** The right of one process to write in a folder. */
export interface FolderClaim {
  release(): void;
}

/** Another process writes in the folder, or this one does already. */
export class FolderClaimedError extends Error {
  override readonly name = 'FolderClaimedError';
}

/** What a claim's file holds. */
interface Holder {
  pid: number;
  host: string;
  /** When the system started the process, to tell it from a later one of the same number; empty where it does not say. */
  started: string;
  /** ISO 8601. */
  since: string;
  /** The job of Slurm that it belongs to. */
  job?: SlurmJob;
}

/**
 * Claims a folder, as of a training run, for this process, so that two never write into one. A holder that was killed, or a
 * machine that was started anew, loses its claim at once; one on another machine cannot be asked and keeps it, unless Slurm
 * says that its job has ended.
 *
 * Claims are files `owner-000001.json`, `owner-000002.json`, …, of which the highest holds until it ends in `.free`. A
 * free or dead one is followed by the next number, which only one process can make, and numbers never go back: there is no
 * moment at which two hold.
 *
 * @throws {FolderClaimedError} where another holds it, naming its process and since when; {DiskError} where nothing can be written
 */
export function claimFolder(folder: string): FolderClaim {
  writing(folder, () => mkdirSync(folder, { recursive: true }));
  for (;;) {
    // The number follows the claim that was found dead: one that came meanwhile would go unasked.
    const number = lastUnheld(folder) + 1;
    const name = `owner-${String(number).padStart(6, '0')}.json`;
    const path = join(folder, name);
    const isFirst = create(path);
    const claims = claimsIn(folder);
    if (isFirst && claims.some((other) => other.number === number && other.name !== name)) {
      rmSync(path, { force: true }); // the number was taken and set free since the folder was read
      continue;
    }
    if (!isFirst || claims.at(-1)?.name !== name) continue; // another was quicker: who is it?
    for (const former of claims.slice(0, -1)) rmSync(join(folder, former.name), { force: true });
    removeLeftovers(folder);
    return { release: () => release(path) };
  }
}

/** Takes no room on a full disk. Where even this fails, the claim ends with the process. */
function release(path: string): void {
  try {
    renameSync(path, path.replace(/json$/, 'free'));
  } catch {}
}

/** @throws {FolderClaimedError} where a live process holds the folder; writes nothing */
export function requireUnclaimed(folder: string): void {
  lastUnheld(folder);
}

/** The number of the last claim, which nobody holds any more, or 0; throws as `requireUnclaimed` does. */
function lastUnheld(folder: string): number {
  const last = claimsIn(folder).at(-1);
  if (!last) return 0;
  if (last.name.endsWith('.free')) return last.number;
  const path = join(folder, last.name);
  const holder = readHolder(path);
  if (holder && isHeld(holder)) throw new FolderClaimedError(describe(folder, path, holder));
  return last.number;
}

function describe(folder: string, path: string, { pid, host, since }: Holder): string {
  const here = host === hostname();
  const who = pid === process.pid && here ? `this process (${pid})` : `process ${pid} on "${host}"`;
  const remedy = here
    ? 'wait for it or stop it first'
    : `wait for it or stop it first; if that machine is gone, delete "${path}"`;
  return `"${folder}" is in use by ${who} since ${since}; ${remedy}.`;
}

/** A process of another machine counts as alive, unless its job of Slurm has ended. */
function isHeld({ pid, host, started, job }: Holder): boolean {
  if (host === hostname()) return lives(pid) && started === startOf(pid);
  return !(job && hasEnded(job));
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'; // EPERM: it lives, as another user's
  }
}

function ownHolder(): Holder {
  const { pid } = process;
  return { pid, host: hostname(), started: startOf(pid), since: new Date().toISOString(), job: ownJob() };
}

/** The boot of the machine and the process's start after it, from Linux's `/proc`; empty on other systems. */
function startOf(pid: number): string {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '');
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${afterName.split(' ')[19]}`;
  } catch {
    return '';
  }
}

/** Makes the file with all it holds at once; false where there is one already. */
function create(path: string): boolean {
  const whole = `${path}.${process.pid}.tmp`;
  try {
    writing(path, () => {
      writeFileSync(whole, `${JSON.stringify(ownHolder())}\n`);
      linkOrCopy(whole, path);
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(whole, { force: true });
  }
}

/** Where a disk has no links (exFAT, some network disks), the file is there for a moment before it holds anything. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code!))
      throw error;
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
}

/** What processes that were killed while writing left in the folder; their names end in `.<process>.tmp`. */
function removeLeftovers(folder: string): void {
  for (const name of filesIn(folder)) {
    const pid = /\.(\d+)\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && !lives(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}

/** A folder's claims, lowest number first. */
function claimsIn(folder: string): { name: string; number: number }[] {
  return filesIn(folder)
    .filter((name) => /^owner-\d+\.(json|free)$/.test(name))
    .map((name) => ({ name, number: Number.parseInt(name.slice('owner-'.length), 10) }))
    .sort((a, b) => a.number - b.number);
}

function filesIn(folder: string): string[] {
  try {
    return writing(folder, () => readdirSync(folder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Null where it was removed meanwhile, by one who took it over. */
function readHolder(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Error(`"${path}" does not say who works here (${(error as Error).message}); delete it.`);
  }
}
