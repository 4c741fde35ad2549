import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { ModelChoice } from '../../src/benchmarking';
import { publish } from '../benchmarks/archives';
import { hashes } from '../golden/formula';
import { formats, weightsOfFile, writeConfig } from '../inference/smallModel';

/** What CLIP_benchmark says of the small test set, see `evaluate.py`. */
export const answers: {
  classification: { acc1: number; acc5: number; mean_per_class_recall: number };
  logits: number[][];
  predictions: number[];
  retrieval: Record<string, number>;
} = JSON.parse(readFileSync(join(__dirname, '../golden/evaluate.json'), 'utf8'));

export const PICTURES = 60;
export const CAPTIONED = 30;

/** A model of loadClip.py to evaluate. */
export function smallModel(folder: string, name: 'plain' | 'sigmoid' = 'plain'): ModelChoice {
  const model = writeConfig(folder, name);
  return { model, weights: formats.safetensors(folder, weightsOfFile(model)), label: 'small' };
}

/** The planes of a picture, `[3, 32, 32]`. */
function planes(n: number): Buffer {
  const h = hashes(`picture ${n}`, 9);
  return Buffer.from(
    Array.from({ length: 3 * 1024 }, (_, i) => {
      const [c, y, x] = [i >> 10, (i >> 5) & 31, i & 31];
      return (h[c] + x * (h[3 + c] % 8) + y * (h[6 + c] % 8)) % 256;
    }),
  );
}

export const labelOf = (n: number) => hashes(`picture ${n}`, 10)[9] % 10;

export function captionsOf(n: number): string[] {
  const h = hashes(`captions ${n}`, 4);
  const own = Array.from({ length: 1 + (h[3] % 3) }, (_, i) => `picture ${n} is like ${h[i] % 100}`);
  return [3, 17].includes(n) ? [...own, 'a picture'] : own;
}

/** A picture as a PNG file. */
export function pictureFile(n: number): Promise<Buffer> {
  const flat = planes(n);
  const pixels = Buffer.from(
    Array.from({ length: 3 * 1024 }, (_, i) => flat[(i % 3) * 1024 + Math.floor(i / 3)]),
  );
  return sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
    .png()
    .toBuffer();
}

export const NAMES = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
];

/** The small test set in CIFAR-10's archive: so many of its pictures to test, and two hundred others to train. */
export async function publishCifar(data: string, tested = PICTURES): Promise<void> {
  const folder = join(data, 'cifar10');
  mkdirSync(folder, { recursive: true });
  const record = (n: number) => Buffer.concat([Buffer.of(labelOf(n)), planes(n)]);
  const records = (from: number, count: number) =>
    Buffer.concat(Array.from({ length: count }, (_, i) => record(from + i)));
  await publish(folder, 'cifar-10-binary.tar.gz', {
    'cifar-10-batches-bin/batches.meta.txt': `${NAMES.join('\n')}\n`,
    ...Object.fromEntries(
      [1, 2, 3, 4, 5].map((part) => [`cifar-10-batches-bin/data_batch_${part}.bin`, records(100 * part, 40)]),
    ),
    'cifar-10-batches-bin/test_batch.bin': records(0, tested),
  });
}
