import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { type BenchmarkFile, findFile } from '../benchmarks';
import { provenFile } from '../files';
import { openTree } from '../files/fileTree';

/** What a file of a benchmark is, wherever it lies. */
export interface FileIdentity {
  /** The publisher's name of it. */
  name: string;
  bytes: number;
  /** Of its bytes; of an unpacked folder that of its files' names and sizes. */
  sha256: string;
  /** How many files a folder has; undefined of a file. */
  files?: number;
  /** When the newest file of a folder was changed. */
  newest?: string;
}

/**
 * Who the files of a split are; one that is not there is passed over, as a set may have them in one of several forms. A file
 * is read whole once (see `provenFile`), the files of a folder are looked at only.
 *
 * @param files of a benchmark
 * @param folder in which they lie
 */
export async function identifyFiles(
  files: readonly BenchmarkFile[],
  folder: string,
  split: string,
): Promise<FileIdentity[]> {
  const identities: FileIdentity[] = [];
  for (const file of files) {
    const path = findFile(folder, file);
    const isNeeded = !file.splits || file.splits.includes(split);
    if (path && isNeeded) identities.push({ name: file.name, ...(await identityOf(path)) });
  }
  return identities;
}

async function identityOf(path: string): Promise<Omit<FileIdentity, 'name'>> {
  if (statSync(path).isDirectory()) return identityOfFolder(path);
  return (await provenFile(path))!;
}

async function identityOfFolder(folder: string): Promise<Omit<FileIdentity, 'name'>> {
  const hash = createHash('sha256');
  let [files, bytes, newest] = [0, 0, 0];
  for await (const { name, path } of openTree(folder).files()) {
    const { size, mtimeMs } = statSync(path!);
    hash.update(`${name}\0${size}\n`);
    files++;
    bytes += size;
    newest = Math.max(newest, mtimeMs);
  }
  return { bytes, sha256: hash.digest('hex'), files, newest: new Date(newest).toISOString() };
}
