import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { BenchmarkFile, ClassificationBenchmark } from '../../src/benchmarks';
import { labelledPictures } from '../../src/benchmarks/labelledPictures';
import { plainPicture, tarOf } from '../data/fixtures';

/** A benchmark of our own with the files that it consists of, by name. */
export interface TinySet {
  benchmark: ClassificationBenchmark;
  contents: Record<string, Buffer>;
}

export const sumOf = (content: Buffer, hash: 'sha256' | 'md5') =>
  createHash(hash).update(content).digest('hex');

/** Eight test pictures whose labels stand in a file, counted from 1, and which lists one that is not there. */
const LABELS = '0.png 1\n1.png 2\n2.png 2\n3.png 3\nabsent.png 3\n4.png 2\n5.png 1\n6.png 3\n7.png 2\n';

/** One with an archive known by its MD5, a list known by how its SHA-256 begins, and an archive that only `train` needs. */
export async function tinySet(): Promise<TinySet> {
  const pictures: Record<string, Buffer> = {};
  for (let i = 0; i < 8; i++) pictures[`tiny/${i}.png`] = await plainPicture(20 * i);
  const contents = {
    'tiny.tar.gz': gzipSync(await tarOf(pictures)),
    'labels.txt': Buffer.from(LABELS),
    'train.tar': await tarOf({ 'train/0.png': await plainPicture(9) }),
  };
  const file = (name: keyof typeof contents, more: Partial<BenchmarkFile>): BenchmarkFile => ({
    name,
    address: `https://data.example.org/tiny/${name}`,
    bytes: contents[name].length,
    ...more,
  });
  const files = [
    file('tiny.tar.gz', { md5: sumOf(contents['tiny.tar.gz'], 'md5'), unpacked: 'tiny' }),
    file('labels.txt', { sha256: sumOf(contents['labels.txt'], 'sha256').slice(0, 8) }),
    file('train.tar', { splits: ['train'], address: undefined, page: 'https://data.example.org/register' }),
  ];
  return { benchmark: benchmarkOver(files), contents };
}

function benchmarkOver(files: BenchmarkFile[]): ClassificationBenchmark {
  return {
    id: 'tiny_set',
    title: 'Tiny <Set>',
    task: 'classification',
    page: 'https://data.example.org/tiny',
    licence: 'CC0 & free',
    citation: 'Nobody, Nothing, 2026',
    files,
    splits: { train: 1, test: 9 },
    tested: 'test',
    metric: 'top1',
    alsoReported: ['macroF1'],
    classes: 3,
    prompts: async () => ({ classes: ['dark', 'dim & dull', 'bright'], templates: ['a {} square'] }),
    async *read(files, split) {
      if (split === 'train') {
        yield* labelledPictures(files, await files.tree('train.tar'), new Map([['0.png', 0]]));
        return;
      }
      const lines = readFileSync(files.path('labels.txt'), 'utf8').trim().split('\n');
      const labels = lines
        .map((line) => line.split(' '))
        .map(([name, id]) => [name, Number(id) - 1] as const);
      yield* labelledPictures(files, await files.tree('tiny.tar.gz'), new Map(labels));
    },
  };
}
