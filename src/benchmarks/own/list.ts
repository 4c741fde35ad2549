import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BadInputCounter } from '../../data';
import { readPictureRows, TEXT_FIELDS } from '../../data/captionFile';
import { textsOf } from '../../data/texts';
import { captionLines, LABEL_FIELDS, labelIn, type OwnPicture, type OwnSource } from './source';

/** What the rows of one picture say together. */
type Listed = Pick<OwnPicture, 'label' | 'texts'>;

/**
 * The pictures that a `.csv`, `.tsv` or `.jsonl` file lists, in its order, with paths relative to the file; see
 * `readCaptionFile` for its columns, and besides them `label`, `class`, `cls`, `category` or `target`. Several rows of a
 * picture give it several captions. Keys are the paths as they stand in the file.
 *
 * @throws Error where the file is missing, has no such columns, a broken line, or two labels for a picture
 */
export function listSource(path: string): OwnSource {
  const listed = readList(path);
  const rows = [...listed.values()];
  return {
    name: `"${path}"`,
    has: {
      labels: rows.some(({ label }) => label !== undefined),
      captions: rows.some(({ texts }) => texts.length > 0),
    },
    ordered: false,
    labels: async () => rows.flatMap(({ label }) => label ?? []),
    async *pictures(absent): AsyncGenerator<OwnPicture> {
      for (const [key, told] of listed) {
        const picture = resolve(dirname(path), key);
        if (existsSync(picture)) yield { key, image: await readFile(picture), ...told };
        else absent(key);
      }
    },
  };
}

function readList(path: string): Map<string, Listed> {
  const counter = new BadInputCounter({ limitFraction: 1 });
  const listed = new Map<string, Listed>();
  for (const { file, row } of readPictureRows(path, counter, [...TEXT_FIELDS, ...LABEL_FIELDS])) {
    const told = listed.get(file) ?? { label: labelIn(row), texts: [] };
    if (told.label !== labelIn(row)) {
      throw new Error(
        `Expected one label for "${file}" in "${path}", got "${told.label}" and "${labelIn(row)}"; keep the right one.`,
      );
    }
    told.texts.push(...captionLines(textsOf(row, TEXT_FIELDS)));
    listed.set(file, told);
  }
  const [broken] = counter.summary().kinds;
  if (broken) throw new Error(`${broken.firstMessage} Mend the file: ${counter.describe()}.`);
  return listed;
}
