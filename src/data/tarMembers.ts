import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';

/** One regular file of a tar archive. */
export interface TarMember {
  name: string;
  content: Buffer;
}

/**
 * The regular files of a `.tar`, `.tar.gz` or `.tgz` archive, in order, one at a time in memory.
 * Throws (the stream's own error) where the archive is missing, cut short or damaged, after all whole members.
 */
export async function* readTarMembers(path: string): AsyncGenerator<TarMember> {
  const archive = extract();
  const file = createReadStream(path);
  const failed = new Promise<Error | null>((resolve) => {
    const done = (error?: Error | null) => resolve(error ?? null);
    if (/\.t?gz$/.test(path)) pipeline(file, createGunzip(), archive, done);
    else pipeline(file, archive, done);
  });
  try {
    for await (const entry of archive) {
      const content = await readAll(entry);
      if (entry.header.type === 'file') yield { name: entry.header.name, content };
    }
  } finally {
    file.destroy();
  }
  const error = await failed;
  if (error) throw error;
}

async function readAll(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}
