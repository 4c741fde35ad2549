import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { type Benchmark, benchmarkFiles, presentFiles } from '../benchmarks';
import { provenFile } from '../files';
import { openTree } from '../files/fileTree';

/** What a file of a benchmark is, wherever it lies. */
export interface FileIdentity {
  /** The publisher's name of it. */
  name: string;
  bytes: number;
  /** Of its bytes; of an unpacked folder that of its files' names and sizes; of one's own data see `identifyFiles`. */
  sha256: string;
  /** How many files a folder has, or pictures one's own data; undefined of a file. */
  files?: number;
  /** When the newest of these was changed. */
  newest?: string;
}

/**
 * Who the files of a split are; one that is not there is passed over, as a set may have them in one of several forms. A file
 * is read whole once (see `provenFile`), the files of a folder are looked at only. One's own data have no files that others
 * know by name: they are the pictures that are read, with what is right for them.
 *
 * @param folder in which the benchmark's files lie
 */
export async function identifyFiles(
  benchmark: Benchmark,
  folder: string,
  split: string,
): Promise<FileIdentity[]> {
  if (benchmark.files.length === 0) return [await identityOfPictures(benchmark, folder, split)];
  const identities: FileIdentity[] = [];
  for (const { file, path, state } of presentFiles(benchmark, folder, split)) {
    if (state !== 'missing') identities.push({ name: file.name, ...(await identityOf(path)) });
  }
  return identities;
}

async function identityOfPictures(
  benchmark: Benchmark,
  folder: string,
  split: string,
): Promise<FileIdentity> {
  const hash = createHash('sha256');
  let [files, bytes, newest] = [0, 0, 0];
  for await (const picture of benchmark.read(benchmarkFiles(folder, benchmark), split)) {
    const { key, image } = picture;
    hash.update(JSON.stringify([key, 'label' in picture ? picture.label : picture.texts]));
    const found = typeof image === 'string' ? statSync(image, { throwIfNoEntry: false }) : undefined;
    const content = typeof image === 'string' || Buffer.isBuffer(image) ? image : image.data;
    if (typeof content !== 'string') hash.update(content);
    const size = typeof content === 'string' ? (found?.size ?? 0) : content.length;
    hash.update(`${size}\n`);
    files++;
    bytes += size;
    newest = Math.max(newest, found?.mtimeMs ?? 0);
  }
  const when = newest > 0 && { newest: new Date(newest).toISOString() };
  return { name: benchmark.id, bytes, sha256: hash.digest('hex'), files, ...when };
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
