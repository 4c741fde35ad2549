import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { BadInputCounter } from '../../src/data';
import { readTarShard } from '../../src/data/webdataset';
import type { Random } from '../../src/engine/random';
import { type FileTree, openTree, treeOf } from '../../src/files/fileTree';
import { publish } from '../benchmarks/archives';
import { tarOf, temporaryFolder, wholeSamples } from '../data/fixtures';
import { itTakesAnything, sentenceFlaw } from './fuzz';
import { mutateBytes } from './mutate';

const BLOCK = 512;

/**
 * Mutates a tar archive. A header's checksum keeps nearly all mutations out: in half of the inputs it is made right again, so
 * that they reach what lies behind it.
 */
function mutateTar(original: Buffer, other: Buffer, random: Random): Buffer {
  const bytes = mutateBytes(original, other, random);
  if (random.integer(2) === 0) return bytes;
  for (let at = 0; at + BLOCK <= bytes.length; at += BLOCK) {
    if (bytes.toString('latin1', at + 257, at + 262) !== 'ustar') continue;
    bytes.fill(' ', at + 148, at + 156);
    const sum = bytes.subarray(at, at + BLOCK).reduce((total, byte) => total + byte, 0);
    bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
  }
  return bytes;
}

async function readTree(tree: FileTree): Promise<void> {
  for await (const { content } of tree.files()) await content();
}

/** Long names, empty files, folders and ordinary members. */
const members = async () => ({
  ...(await wholeSamples(0, 3)),
  '003.json': '{"caption": "a", "texts": ["b", "c"]}',
  '004.cls': '7',
  [`${'folder/'.repeat(30)}005.txt`]: 'deep',
});

describe('any archive', () => {
  const folder = temporaryFolder();
  const path = (name: string) => join(folder, name);

  itTakesAnything('a tar archive', {
    inputs: async () => [await tarOf(await members()), await tarOf({ 'a.txt': 'alpha', 'b.txt': '' })],
    mutate: mutateTar,
    read: (bytes) => readTree(treeOf(bytes, '"a.tar"')),
    says: /^The archive "a\.tar" ends early or is damaged near/,
  });

  itTakesAnything('a tar archive in gzip', {
    inputs: async () => [await tarOf(await members())],
    mutate: (original, other, random) =>
      // Checksums of gzip keep out what is damaged on the outside.
      random.integer(2) === 0
        ? gzipSync(mutateTar(original, other, random))
        : mutateBytes(gzipSync(original), gzipSync(other), random),
    read: (bytes) => readTree(treeOf(bytes, '"a.tar"')),
    says: /^The archive "a\.tar" ends early or is damaged near/,
  });

  itTakesAnything('a zip archive', {
    inputs: async () => {
      await publish(folder, 'sound.zip', { 'set/a.txt': 'alpha'.repeat(50), 'set/b/c.txt': 'gamma' });
      return [readFileSync(path('sound.zip'))];
    },
    mutate: mutateBytes,
    read: (bytes) => {
      writeFileSync(path('a.zip'), bytes);
      return readTree(openTree(path('a.zip')));
    },
    says: /^(The archive ".*a\.zip" ends early or is damaged near)/,
  });

  // What cannot be read of a shard is counted, not thrown.
  itTakesAnything('a shard', {
    inputs: async () => [await tarOf(await members())],
    mutate: mutateTar,
    read: async (bytes) => {
      writeFileSync(path('a.tar'), bytes);
      const counter = new BadInputCounter({ limitFraction: 1 });
      for await (const { key, image, texts } of readTarShard(path('a.tar'), { counter })) {
        assert.ok(key && image.length > 0 && texts.every((text) => text.trim() !== ''));
      }
      for (const { firstMessage } of counter.summary().kinds) {
        assert.equal(sentenceFlaw(firstMessage, /^The /), undefined);
      }
    },
    says: /^Expected the members of sample/,
  });
});
