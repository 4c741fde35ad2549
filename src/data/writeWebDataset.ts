import { join } from 'node:path';
import { pack } from 'tar-stream';
import { createGrowingFile } from '../files';
import { type PartWriter, partName, type Target } from './parts';
import { memberName, pictureEnding } from './sampleNames';
import { cleanTexts, DEFAULT_TEXT_FIELDS, textsOf } from './texts';
import type { Sample } from './types';

/** The field of a JSON member that keeps a key which is no member name; WebDataset's own word. */
export const KEY_FIELD = '__key__';

/**
 * Shards `<folder>/<name>-00000.tar` …: the picture as it is, the first text as `.txt`, and a `.json` member where there
 * is more to say. The same samples give the same bytes.
 */
export function webDatasetTarget(folder: string, name: string): Target {
  return {
    namedByKeys: true,
    openPart: (part) => openShard(folder, `${partName(name, part)}.tar`),
    finish: () => [],
  };
}

function openShard(folder: string, path: string): PartWriter {
  const file = createGrowingFile(join(folder, path));
  const archive = pack();
  const taken = new Set<string>();
  const ended = new Promise<void>((resolve, reject) => {
    archive.on('end', resolve);
    archive.on('error', reject);
  });
  ended.catch(() => {}); // It is awaited in the end, or not at all where the shard is given up.
  archive.on('data', (chunk) => {
    try {
      file.write(chunk as Buffer);
    } catch (error) {
      archive.destroy(error as Error);
    }
  });
  const addMember = (name: string, content: Buffer) =>
    new Promise<void>((resolve, reject) => {
      const header = { name, size: content.length, mtime: new Date(0), mode: 0o644 };
      archive.entry(header, content, (error) => (error ? reject(error) : resolve()));
    });
  return {
    async add(sample) {
      for (const [member, content] of membersOf(sample, taken)) await addMember(member, content);
    },
    async finish() {
      archive.finalize();
      await ended;
      return [{ path, ...file.finish() }];
    },
    discard() {
      archive.destroy();
      file.discard();
    },
  };
}

function membersOf({ key, image, texts, meta }: Sample, taken: Set<string>): [string, Buffer][] {
  const name = memberName(key, taken);
  const members: [string, Buffer][] = [[`${name}.${pictureEnding(image)}`, image]];
  if (texts.length > 0) members.push([`${name}.txt`, Buffer.from(texts[0])]);
  const json = { ...(name === key ? {} : { [KEY_FIELD]: key }), ...metaWithTexts(texts, meta) };
  if (Object.keys(json).length > 0) members.push([`${name}.json`, Buffer.from(JSON.stringify(json))]);
  return members;
}

/** The meta as it is, where reading it after the `.txt` member gives the texts; otherwise with `texts` for all others. */
function metaWithTexts(texts: string[], meta: Record<string, unknown>): Record<string, unknown> {
  const read = cleanTexts([...texts.slice(0, 1), ...textsOf(meta, DEFAULT_TEXT_FIELDS)]);
  if (read.length === texts.length && read.every((text, i) => text === texts[i])) return meta;
  const others = Object.entries(meta).filter(([field]) => !DEFAULT_TEXT_FIELDS.includes(field));
  return { ...Object.fromEntries(others), ...(texts.length > 1 ? { texts } : {}) };
}
