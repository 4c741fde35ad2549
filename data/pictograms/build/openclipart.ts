import { createReadStream } from 'node:fs';
import path from 'node:path';
import he from 'he';
import { extract } from 'tar-stream';
import type { Random } from '../../../src/engine/random';
import type { Entry } from '../../shards';
import { renderPicture } from './render';
import { type Fingerprint, fingerprint, nearlyEqual } from './similarity';

interface Clipart {
  title: string;
  description: string;
  keywords: string[];
  category: string;
  source: string;
}

/** One in this many drawings is kept for testing retrieval. */
const TEST_SHARE = 0.05;
const LONGEST_DESCRIPTION = 300;
/** Descriptions that only state the licence. */
const LICENCE = /public domain|creative ?commons|dedicated to the/i;

/**
 * Every drawing of an OpenClipart archive (`<n>.webp` beside `<n>.json`), with its title as the raw text.
 * A drawing that names a concept held out of training is left out altogether; `dropped` counts them.
 */
export async function readOpenClipart(file: string, heldOut: RegExp, random: Random) {
  const entries: Entry[] = [];
  const keys = new Set<string>();
  let dropped = 0;
  for (const { image, record } of await readArchive(file)) {
    const said = `${record.title} | ${record.description} | ${record.keywords.join(' | ')}`;
    if (heldOut.test(said.replace(/[_-]/g, ' '))) {
      dropped++;
      continue;
    }
    entries.push(await toEntry(image, record, keys));
  }
  await chooseTest(entries, random);
  return { entries, dropped };
}

async function toEntry(image: Buffer, record: Clipart, keys: Set<string>): Promise<Entry> {
  const slug = slugOf(path.basename(record.source, '.svg'));
  let key = `openclipart-${slug}`;
  for (let copy = 2; keys.has(key); copy++) key = `openclipart-${slug}-${copy}`;
  keys.add(key);
  const text = tidy(record.title);
  const description = describe(record);
  return {
    key,
    image: await renderPicture(image),
    meta: {
      set: 'pictograms',
      split: 'train',
      style: 'openclipart',
      label: labelOf(text),
      text,
      ...(description && { description }),
      category: record.category,
    },
  };
}

/** A random twentieth of the drawings whose title is theirs alone and that look like no other. */
async function chooseTest(entries: Entry[], random: Random): Promise<void> {
  const prints: Fingerprint[] = await Promise.all(entries.map(({ image }) => fingerprint(image)));
  const titles = new Map<string, number>();
  for (const { meta } of entries)
    titles.set(meta.text.toLowerCase(), (titles.get(meta.text.toLowerCase()) ?? 0) + 1);
  const order = random.shuffle(entries.map((_, index) => index));
  let wanted = Math.round(entries.length * TEST_SHARE);
  for (const index of order) {
    if (wanted === 0) break;
    const { meta } = entries[index];
    if (titles.get(meta.text.toLowerCase()) !== 1) continue;
    if (prints.some((print, other) => other !== index && nearlyEqual(print, prints[index]))) continue;
    meta.split = 'test';
    wanted--;
  }
}

/** The author's description, cut to a readable length, or else the keywords. */
function describe(record: Clipart): string | undefined {
  const written = tidy(he.decode(record.description.replace(/<!--.*?-->|<[^>]*>/gs, ' ')));
  const useful =
    written.length > 3 &&
    !LICENCE.test(written) &&
    written.toLowerCase() !== record.title.trim().toLowerCase();
  if (useful) {
    return written.length <= LONGEST_DESCRIPTION
      ? written
      : written.slice(0, LONGEST_DESCRIPTION).replace(/\s+\S*$/, ' …');
  }
  const keywords = record.keywords.map((word) => tidy(word.replace(/_/g, ' '))).filter((word) => word !== '');
  return keywords.length > 0 ? [...new Set(keywords)].join(', ') : undefined;
}

/** The title without its author's credit, file-name underscores and running number. */
function labelOf(title: string): string {
  const bare = title.replace(/^clip ?art by [^-]+ - /i, '').replace(/_/g, ' ');
  return tidy(bare.replace(/\s*\d+$/, '')) || title;
}

/** Single spaces, and no e-mail addresses. */
function tidy(text: string): string {
  return text
    .replace(/\((e-?mail: ?)?\S+@\S+\)|\S+@\S+\.\w+/gi, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 70);
}

async function readArchive(file: string): Promise<{ image: Buffer; record: Clipart }[]> {
  const images = new Map<string, Buffer>();
  const records = new Map<string, Clipart>();
  for await (const member of createReadStream(file).pipe(extract())) {
    const chunks: Buffer[] = [];
    for await (const chunk of member) chunks.push(chunk as Buffer);
    const { name, ext } = path.parse(member.header.name);
    if (ext === '.webp') images.set(name, Buffer.concat(chunks));
    if (ext === '.json') records.set(name, JSON.parse(Buffer.concat(chunks).toString('utf8')));
  }
  return [...images].map(([name, image]) => {
    const record = records.get(name);
    if (!record) throw new Error(`Expected ${name}.json beside ${name}.webp in ${file}, but there is none.`);
    return { image, record };
  });
}
