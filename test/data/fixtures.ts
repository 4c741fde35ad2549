import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { pack } from 'tar-stream';
import type { PictureSet, Sample } from '../../src/data';

/** A folder that lasts as long as the enclosing `describe`. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clipbook-data-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A picture of one colour. */
export function plainPicture(red: number, width = 8, height = width): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: { r: red, g: 0, b: 0 } } })
    .png()
    .toBuffer();
}

/** A tar archive with the members in the object's order. */
export async function tarOf(members: Record<string, string | Buffer>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(members)) archive.entry({ name }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Writes the members as a shard (zipped where the path ends in gz) and returns its path. */
export async function writeShard(path: string, members: Record<string, string | Buffer>): Promise<string> {
  const archive = await tarOf(members);
  writeFileSync(path, path.endsWith('gz') ? gzipSync(archive) : archive);
  return path;
}

/** Whole samples `000 …` with a picture whose red value is the number, and the texts "text 0" …. */
export async function wholeSamples(from: number, to: number): Promise<Record<string, string | Buffer>> {
  const members: Record<string, string | Buffer> = {};
  for (let i = from; i < to; i++) {
    const key = String(i).padStart(3, '0');
    members[`${key}.png`] = await plainPicture(i);
    members[`${key}.txt`] = `text ${i}`;
  }
  return members;
}

/** `length` samples as a source hands them over. */
export async function* sampleStream(length: number, from = 0): AsyncGenerator<Sample> {
  for (let i = from; i < from + length; i++) {
    yield { key: `${i}`, image: await plainPicture(i), texts: [`text ${i}`], meta: { number: i } };
  }
}

/** A set of 1×1 pictures whose red value is the sample's number. */
export function tinySet(length: number, from = 0): PictureSet {
  const numbers = Array.from({ length }, (_, i) => from + i);
  return {
    length,
    size: 1,
    pixels: Uint8Array.from(numbers.flatMap((i) => [i, 0, 0])),
    keys: numbers.map(String),
    texts: numbers.map((i) => [`text ${i}`]),
    metas: numbers.map((i) => ({ number: i })),
  };
}

/** All items of a stream. */
export async function collect<T>(stream: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}
