import { readNamed } from '../files/fileTree';
import type { ClassificationBenchmark, LabelledPicture } from './benchmark';
import type { BenchmarkFiles } from './benchmarkFiles';
import { publishedPrompts } from './publishedPrompts';

const SIDE = 32;
const PIXELS = SIDE * SIDE;

/** What differs between the two sets. */
interface Layout {
  /** The archive. */
  archive: string;
  /** The files of each split. */
  splits: Record<string, readonly string[]>;
  /** The file of class names, a line each. */
  names: string;
  /** How many classes each label byte of a record may name; the last byte is the one that counts. */
  labels: readonly number[];
}

const CIFAR10: Layout = {
  archive: 'cifar-10-binary.tar.gz',
  splits: {
    train: [1, 2, 3, 4, 5].map((part) => `data_batch_${part}.bin`),
    test: ['test_batch.bin'],
  },
  names: 'batches.meta.txt',
  labels: [10],
};

const CIFAR100: Layout = {
  archive: 'cifar-100-binary.tar.gz',
  splits: { train: ['train.bin'], test: ['test.bin'] },
  names: 'fine_label_names.txt',
  labels: [20, 100],
};

const KRIZHEVSKY = 'Krizhevsky, Learning multiple layers of features from tiny images, 2009';

/** Photographs of 32×32 pixels, ten classes. */
export const cifar10: ClassificationBenchmark = {
  id: 'cifar10',
  title: 'CIFAR-10',
  task: 'classification',
  page: 'https://www.cs.toronto.edu/~kriz/cifar.html',
  licence: 'none stated',
  citation: KRIZHEVSKY,
  files: [
    {
      name: CIFAR10.archive,
      address: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
      bytes: 170_052_171,
      sha256: 'c4a38c50',
      unpacked: 'cifar-10-batches-bin',
    },
  ],
  splits: { train: 50_000, test: 10_000 },
  tested: 'test',
  metric: 'top1',
  classes: 10,
  prompts: async (files) => publishedPrompts('cifar10', await namesIn(files, CIFAR10)),
  read: (files, split) => readRecords(files, split, CIFAR10),
};

/** Photographs of 32×32 pixels, a hundred fine classes. */
export const cifar100: ClassificationBenchmark = {
  id: 'cifar100',
  title: 'CIFAR-100',
  task: 'classification',
  page: 'https://www.cs.toronto.edu/~kriz/cifar.html',
  licence: 'none stated',
  citation: KRIZHEVSKY,
  files: [
    {
      name: CIFAR100.archive,
      address: 'https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz',
      bytes: 168_513_733,
      sha256: '58a81ae1',
      unpacked: 'cifar-100-binary',
    },
  ],
  splits: { train: 50_000, test: 10_000 },
  tested: 'test',
  metric: 'top1',
  classes: 100,
  prompts: async (files) => publishedPrompts('cifar100', await namesIn(files, CIFAR100)),
  read: (files, split) => readRecords(files, split, CIFAR100),
};

async function namesIn(files: BenchmarkFiles, { archive, names }: Layout): Promise<string[]> {
  const lines = (await readNamed(await files.tree(archive), [names]))[names].toString('utf8').split(/\r?\n/);
  return lines.map((line) => line.trim().replaceAll('_', ' ')).filter((line) => line !== '');
}

/** Records of label bytes and three planes of `SIDE` × `SIDE` bytes: red, green, blue. */
async function* readRecords(
  files: BenchmarkFiles,
  split: string,
  { archive, splits, labels }: Layout,
): AsyncGenerator<LabelledPicture> {
  const size = labels.length + 3 * PIXELS;
  const contents = await readNamed(await files.tree(archive), splits[split]);
  for (const name of splits[split]) {
    const content = contents[name];
    if (content.length % size !== 0) {
      throw new Error(
        `Expected records of ${size} bytes in "${name}", got ${content.length} bytes; get it again.`,
      );
    }
    for (let record = 0; record * size < content.length; record++) {
      const bytes = content.subarray(record * size, (record + 1) * size);
      const key = `${name}/${record}`;
      labels.forEach((count, place) => {
        if (bytes[place] < count) return;
        throw new Error(`Expected a label below ${count} in "${key}", got ${bytes[place]}.`);
      });
      const data = interleave(bytes.subarray(labels.length));
      yield { key, label: bytes[labels.length - 1], image: { width: SIDE, height: SIDE, data } };
    }
  }
}

/** `[3, side, side]` → `[side, side, 3]` */
function interleave(planes: Uint8Array): Uint8Array {
  const pixels = new Uint8Array(planes.length);
  for (let i = 0; i < PIXELS; i++) {
    for (let band = 0; band < 3; band++) pixels[i * 3 + band] = planes[band * PIXELS + i];
  }
  return pixels;
}
