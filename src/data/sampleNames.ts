import { isPictureName } from './pictureNames';

const FORMATS: [ending: string, start: RegExp][] = [
  ['jpg', /^\xff\xd8\xff/],
  ['png', /^\x89PNG/],
  ['webp', /^RIFF[\s\S]{4}WEBP/],
  ['gif', /^GIF8/],
  ['avif', /^[\s\S]{4}ftypavi/],
  ['tiff', /^(II\*\0|MM\0\*)/],
  ['bmp', /^BM/],
  ['svg', /^(\xef\xbb\xbf)?\s*<(\?xml|!DOCTYPE svg|!--|svg)/i],
];

/** The usual ending of an encoded picture's name, from its first bytes; `jpg` for what is none of those known. */
export function pictureEnding(image: Buffer): string {
  const start = image.toString('latin1', 0, 64);
  return FORMATS.find(([, pattern]) => pattern.test(start))?.[0] ?? 'jpg';
}

/**
 * The key without its picture's ending, as WebDataset has it: `dogs/rex.jpg` → `dogs/rex`. A key stays as it is where
 * {@link pictureFile} would not give it back (`rex.JPG`, `rex.png.jpg`).
 */
export function keyWithoutEnding(key: string, image: Buffer): string {
  const ending = `.${pictureEnding(image)}`;
  const stem = key.slice(0, -ending.length);
  return key.endsWith(ending) && stem !== '' && !stem.endsWith('/') && !isPictureName(stem) ? stem : key;
}

/** The picture's file name, relative to the folder: the key, with an ending where it has none. */
export function pictureFile(key: string, image: Buffer): string {
  return isPictureName(key) ? key : `${key}.${pictureEnding(image)}`;
}

/** Would a file of this name lie inside its folder, and could a reader find it there? */
export function isSafeKey(key: string): boolean {
  const segments = key.split('/');
  return (
    segments.every((segment) => segment !== '' && !segment.startsWith('.')) && !/[\\\0]|^[a-z]:/i.test(key)
  );
}

/**
 * The name of a sample's members in a shard, before their endings: the key where it can be one, otherwise without its
 * picture's ending and with `_` for the dots of its last part, at which readers would cut it. A name that is taken
 * gets a number.
 */
export function memberName(key: string, taken: Set<string>): string {
  const stem = isPictureName(key) ? key.replace(/\.[^.]*$/, '') : key;
  const base = stem.replace(/\.(?=[^/]*$)/g, '_');
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}~${number}`;
  taken.add(name);
  return name;
}
