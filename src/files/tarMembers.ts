import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';

/** Bytes that a file in an archive may have unless told otherwise, 1 GiB: a small archive can unpack to any size. */
export const LARGEST_MEMBER = 2 ** 30;

/** One regular file of a tar archive. */
export interface TarMember {
  name: string;
  content: Buffer;
}

/**
 * The regular files of a tar archive, in order, one at a time in memory. Compression by gzip is known by the first bytes:
 * some archives are named `.tar.gz` and are not. Links, folders and devices are passed over.
 *
 * @param largest bytes that a file may have
 * @throws Error, whose message is a clause, where the archive is missing, cut short or damaged, or a file too large, after
 *   all whole members
 */
export async function* readTarMembers(path: string, largest = LARGEST_MEMBER): AsyncGenerator<TarMember> {
  const file = createReadStream(path);
  try {
    yield* tarMembers(file, largest);
  } finally {
    file.destroy();
  }
}

/** As `readTarMembers`, of an archive that comes in pieces. */
export async function* tarMembers(
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
  largest = LARGEST_MEMBER,
): AsyncGenerator<TarMember> {
  const { zipped, all } = await peek(pieces);
  const source = Readable.from(all, { objectMode: false });
  const archive = extract();
  const failed = new Promise<Error | null>((resolve) => {
    const done = (error?: Error | null) => resolve(error ?? null);
    if (zipped) pipeline(source, createGunzip(), archive, done);
    else pipeline(source, archive, done);
  });
  try {
    for await (const entry of archive) {
      const { type, name, size } = entry.header;
      // What tar-stream waits for in vain: a folder's content, and the end of a file whose size is no number.
      if (type === 'directory') continue;
      if (!Number.isSafeInteger(size)) throw new Error(`the size of "${name}" is no number`);
      if (size > largest) throw new Error(`"${name}" has ${size} bytes, more than ${largest}`);
      const content = await readAll(entry);
      if (type === 'file') yield { name, content };
    }
  } finally {
    source.destroy();
  }
  const error = await failed;
  if (error) throw error;
}

/** Looks at the first bytes, and gives all of them on. */
async function peek(pieces: AsyncIterable<Buffer> | Iterable<Buffer>) {
  const iterator =
    Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
  const first = await iterator.next();
  if (first.done) throw new Error('it is empty');
  const zipped = first.value[0] === 0x1f && first.value[1] === 0x8b;
  async function* all(): AsyncGenerator<Buffer> {
    yield first.value;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return { zipped, all: all() };
}

async function readAll(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}
