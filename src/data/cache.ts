import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../files';
import { BadInputCounter } from './badInput';
import type { PictureSet } from './memory';

/** Changes whenever decoding or the layout of cached sets changes, so that old entries are not taken for new ones. */
const VERSION = 2;

/** What fixes a decoded set: the shards' content and everything that steers reading and decoding. */
export async function cacheKey(shards: readonly string[], options: object): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([VERSION, options]));
  for (const shard of shards) hash.update(await readFile(shard));
  return hash.digest('hex').slice(0, 24);
}

/**
 * The set kept under the key in the folder, or, the first time, the loaded one, which is then kept.
 * An entry is complete or absent: its files are written atomically, the description last. A set from which bad samples
 * were left out is not kept: later runs would not hear of them.
 *
 * @param counter the one that `load` counts with; it counts the samples of a kept set, too
 */
export async function cachedSet(
  folder: string,
  key: string,
  load: () => Promise<PictureSet>,
  counter = new BadInputCounter(),
): Promise<PictureSet> {
  const [description, pixels] = [join(folder, `${key}.json`), join(folder, `${key}.rgb`)];
  try {
    const set = JSON.parse(await readFile(description, 'utf8'));
    const kept = { ...set, pixels: new Uint8Array(await readFile(pixels)) };
    for (let i = 0; i < kept.length; i++) counter.saw();
    return kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const { bad } = counter.summary();
  const set = await load();
  if (counter.summary().bad > bad) return set;
  await mkdir(folder, { recursive: true });
  writeFileAtomically(pixels, [set.pixels]);
  writeFileAtomically(description, [JSON.stringify({ ...set, pixels: undefined })]);
  return set;
}
