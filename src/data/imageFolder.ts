import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { Random } from '../engine/random';
import { BadInputCounter, BadSampleError } from './badInput';
import { CAPTION_FILES, readCaptionFile } from './captionFile';
import { isPictureName } from './pictureNames';
import { cleanTexts } from './texts';
import type { Sample } from './types';

export interface ImageFolderOptions {
  /** Counts what is skipped; default: a new counter, so too many bad samples still stop the reading. */
  counter?: BadInputCounter;
  /**
   * A `.jsonl`, `.csv` or `.tsv` file with a file and a text column, its paths relative to the folder; default: the
   * folder's own `captions.jsonl`, `captions.csv` or `captions.tsv`, where there is one. `false` ignores these.
   */
  captions?: string | false;
  /** Shuffles the pictures before any is read. */
  random?: Random;
}

/** A picture still to be read. */
interface Entry {
  /** Path relative to the folder, with `/`; the sample's key. */
  file: string;
  /** Captions from a caption file; undefined where there is none. */
  captions?: string[];
}

/**
 * The pictures of a folder, in order of their paths, or those that a caption file lists, in its order.
 *
 * Texts come from the caption file or from `name.txt` beside `name.jpg`. In a folder per class, `meta.label` is the
 * name of the picture's folder and `meta.class` its place among all such folders in alphabetical order. Hidden files
 * are passed over. A listed picture that is missing and a caption that is blank are skipped and counted.
 *
 * @throws Error where the folder or the caption file is missing or holds no picture; TooManyBadSamplesError
 */
export async function* readImageFolder(
  folder: string,
  { counter = new BadInputCounter(), captions, random }: ImageFolderOptions = {},
): AsyncGenerator<Sample> {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new Error(`Expected a folder of pictures at "${folder}", but there is none; check the path.`);
  }
  const captionFile = captions ?? CAPTION_FILES.map((name) => join(folder, name)).find(existsSync);
  const entries = captionFile ? listedEntries(captionFile, counter) : foundEntries(folder);
  if (entries.length === 0) {
    throw new Error(`Expected pictures in "${captionFile || folder}", but found none; check the path.`);
  }
  const classes = [...new Set(entries.map(({ file }) => dirname(file)))].sort();
  for (const entry of random ? random.shuffle(entries) : entries) {
    counter.saw();
    let sample: Sample;
    try {
      sample = await readEntry(folder, entry, classes);
    } catch (error) {
      counter.skip(error);
      continue;
    }
    yield sample;
  }
}

function listedEntries(captionFile: string, counter: BadInputCounter): Entry[] {
  return [...readCaptionFile(captionFile, counter)].map(([file, captions]) => ({ file, captions }));
}

function foundEntries(folder: string): Entry[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .map((name) => name.split(sep).join('/'))
    .filter((name) => isPictureName(name) && !name.split('/').some((part) => part.startsWith('.')))
    .sort()
    .map((file) => ({ file }));
}

async function readEntry(folder: string, { file, captions }: Entry, classes: string[]): Promise<Sample> {
  const path = join(folder, file);
  const image = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new BadSampleError('missing-file', file, `The picture "${path}" cannot be read (${error.code}).`);
  });
  const found = captions ?? captionBeside(path);
  const texts = cleanTexts(found ?? []);
  if (found && texts.length === 0) {
    throw new BadSampleError('empty-caption', file, `The caption of sample "${file}" is empty.`);
  }
  const label = dirname(file);
  const meta = label === '.' ? {} : { label, class: classes.indexOf(label) };
  return { key: file, image, texts, meta };
}

function captionBeside(picture: string): string[] | undefined {
  const path = picture.replace(/\.[^.]*$/, '.txt');
  return existsSync(path) ? [readFileSync(path, 'utf8')] : undefined;
}
