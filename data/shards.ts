import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { EmbeddedMeta } from '../src/data/types';

/** A finished example: what becomes `<key>.webp` and `<key>.json`. */
export interface Entry {
  key: string;
  image: Buffer;
  meta: EmbeddedMeta;
}

const SAMPLES_PER_SHARD = 3000;

/**
 * Writes `<split>-00000.tar.gz` and so on in the entries' order, replacing what was there, and returns the file
 * names. The same entries give the same bytes: no times, owners or platform marks are stored.
 */
export async function writeShards(folder: string, split: string, entries: Entry[]): Promise<string[]> {
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`${split}-`) && name.endsWith('.tar.gz')) rmSync(path.join(folder, name));
  }
  const count = Math.ceil(entries.length / SAMPLES_PER_SHARD);
  const perShard = Math.ceil(entries.length / count);
  const names: string[] = [];
  for (let shard = 0; shard < count; shard++) {
    const name = `${split}-${String(shard).padStart(5, '0')}.tar.gz`;
    const members = entries.slice(shard * perShard, (shard + 1) * perShard);
    writeFileSync(path.join(folder, name), compress(await archive(members)));
    names.push(name);
  }
  return names;
}

async function archive(entries: Entry[]): Promise<Buffer> {
  const tar = pack();
  const header = { mtime: new Date(0), mode: 0o644, uid: 0, gid: 0 };
  for (const { key, image, meta } of entries) {
    tar.entry({ ...header, name: `${key}.webp` }, image);
    tar.entry({ ...header, name: `${key}.json` }, JSON.stringify(meta));
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Byte 9 of a gzip header names the operating system; 255 says "unknown" (RFC 1952). */
function compress(bytes: Buffer): Buffer {
  const zipped = gzipSync(bytes, { level: 9 });
  zipped[9] = 255;
  return zipped;
}
