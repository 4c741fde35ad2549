import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';

/** One regular file of a tar archive. */
export interface TarMember {
  name: string;
  content: Buffer;
}

/**
 * The regular files of a tar archive, in order, one at a time in memory. Compression by gzip is known by the first bytes:
 * some archives are named `.tar.gz` and are not.
 * Throws (the stream's own error) where the archive is missing, cut short or damaged, after all whole members.
 */
export async function* readTarMembers(path: string): AsyncGenerator<TarMember> {
  const file = createReadStream(path);
  try {
    yield* tarMembers(file);
  } finally {
    file.destroy();
  }
}

/** As `readTarMembers`, of an archive that comes in pieces. */
export async function* tarMembers(
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
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
      const content = await readAll(entry);
      if (entry.header.type === 'file') yield { name: entry.header.name, content };
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
