import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { BadInputCounter } from '../data';
import { detectSource, readSource } from '../data/convertFormats';
import { isPictureName } from '../data/pictureNames';
import { linesOf } from '../files/lines';
import { createTokenizer } from '../text';
import type { NamedPicture } from './encodePictures';

/**
 * The pictures of a folder and its subfolders in the order of their paths, which are their keys; hidden ones are passed over.
 *
 * @throws when there is no such folder, or no picture in it
 */
export function folderPictures(folder: string): NamedPicture[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new Error(`Expected a folder of pictures at "${folder}", but there is none; check the path.`);
  }
  const keys = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(sep).join('/'))
    .filter((name) => isPictureName(name) && !name.split('/').some((part) => part.startsWith('.')))
    .sort();
  if (keys.length === 0) throw new Error(`Expected pictures in "${folder}", but found none; check the path.`);
  return keys.map((key) => ({ key, image: join(folder, key) }));
}

/**
 * The pictures of shards or another set of image–text data, see `detectSource`.
 *
 * @param counter is told of samples without a picture and of shards that end early; they have no place in the order
 */
export async function* samplePictures(path: string, counter: BadInputCounter): AsyncGenerator<NamedPicture> {
  for await (const { key, image } of readSource(path, detectSource(path), {
    counter,
    tokenizer: createTokenizer(),
  })) {
    yield { key, image };
  }
}

/**
 * The lines of a text file, blank ones too, so that rows are lines.
 *
 * @throws when there is no such file
 */
export function fileLines(path: string): AsyncIterable<string> {
  if (existsSync(path) && statSync(path).isFile()) return linesOf(path);
  throw new Error(`Expected a file of texts at "${path}", but there is none; check the path.`);
}
