import sharp from 'sharp';
import { createRandom } from '../../src/engine';
import { writeShard } from './fixtures';

export interface SyntheticPairs {
  /** Names what the captions are about, and with the number the keys. */
  subject: string;
  format: 'jpeg' | 'webp';
  from: number;
  to: number;
}

const EXTENSIONS = { jpeg: 'jpg', webp: 'webp' };

/**
 * Writes a shard of small pictures of noise, each with a caption in a `.txt` member, and returns its path: what a shard
 * of web data looks like to the loader, in a few kilobytes.
 */
export async function writePairs(
  path: string,
  { subject, format, from, to }: SyntheticPairs,
): Promise<string> {
  const members: Record<string, string | Buffer> = {};
  for (let i = from; i < to; i++) {
    const key = `${subject}-${String(i).padStart(6, '0')}`;
    members[`${key}.${EXTENSIONS[format]}`] = await picture(`${subject} ${i}`, format);
    members[`${key}.txt`] = `a photo of ${subject} number ${i}`;
  }
  return writeShard(path, members);
}

/** A small picture of noise, fixed by its seed. */
export function picture(seed: string, format: SyntheticPairs['format']): Promise<Buffer> {
  const random = createRandom(seed);
  const [width, height] = [24 + random.integer(16), 24 + random.integer(16)];
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => random.integer(256));
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer();
}
