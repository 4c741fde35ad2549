import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Benchmark, type BenchmarkFiles, benchmarkFiles } from '../../src/benchmarks';
import { collect, tarOf } from '../data/fixtures';

/** The files of an archive, by their names in it and in its order. */
export type Members = Record<string, string | Buffer>;

/** Writes a file of a benchmark as published: `.tar`, `.tar.gz` and `.tgz` from members, anything else as it is. */
export async function publish(
  folder: string,
  name: string,
  content: Members | Buffer | string,
): Promise<void> {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  if (typeof content === 'string' || Buffer.isBuffer(content)) writeFileSync(path, content);
  else if (name.endsWith('.zip')) zip(path, content);
  else writeFileSync(path, /gz$/.test(name) ? gzipSync(await tarOf(content)) : await tarOf(content));
}

/** Writes the members as files in a folder, as if an archive had been unpacked there. */
export function unpack(folder: string, members: Members): void {
  for (const [name, content] of Object.entries(members)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** A benchmark's files in a folder, and the keys it says are absent. */
export function filesIn(folder: string, benchmark: Benchmark): { files: BenchmarkFiles; absent: string[] } {
  const absent: string[] = [];
  return { files: benchmarkFiles(folder, benchmark, absent), absent };
}

/** Key and label of every picture of a split, in order. */
export async function labelsIn(
  folder: string,
  benchmark: Extract<Benchmark, { task: 'classification' }>,
  split: string,
): Promise<[string, number][]> {
  const pictures = await collect(benchmark.read(filesIn(folder, benchmark).files, split));
  return pictures.map(({ key, label }) => [key, label]);
}

/**
 * Pictures of so many classes more, for sets that must have all of theirs; the classes come after all others.
 *
 * @param pathOf the path of a picture in a class
 */
export function filling(count: number, pathOf: (name: string) => string): Members {
  const names = Array.from({ length: count }, (_, i) => `zz${i}`);
  return Object.fromEntries(names.map((name) => [pathOf(name), 'filling']));
}

/** Without what `filling` added. */
export function unfilled(pictures: readonly [string, number][]): [string, number][] {
  return pictures.filter(([key]) => !key.includes('zz'));
}

/** Python's zipfile is on every machine that the project runs on. */
function zip(path: string, members: Members): void {
  const script = [
    'import sys, json, base64, zipfile',
    'with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:',
    '    for name, content in json.load(sys.stdin): z.writestr(name, base64.b64decode(content))',
  ].join('\n');
  const input = JSON.stringify(
    Object.entries(members).map(([name, content]) => [name, Buffer.from(content).toString('base64')]),
  );
  execFileSync('python3', ['-c', script, path], { input });
}
