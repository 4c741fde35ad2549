import { writeFileSync } from 'node:fs';
import sharp from 'sharp';
import type { Entry } from '../../shards';
import { pictureSize } from './render';
import { plans } from './tasks';

const columns = 16;
const gap = 4;

/** Writes a contact sheet: for every task a row of training pictures and below it a row of test pictures. */
export async function writePreview(file: string, entries: Entry[]): Promise<void> {
  const step = pictureSize + gap;
  const tiles = plans.flatMap(({ id, classes }, task) =>
    (['train', 'test'] as const).flatMap((split, row) =>
      Array.from({ length: columns }, (_, column) => {
        const label = Math.floor((column * Math.max(columns, classes.length)) / columns);
        const found = entries.find(({ meta }) => meta.split === split && meta.tasks?.[id] === label);
        return { image: found?.image, left: gap + column * step, top: gap + (2 * task + row) * step };
      }),
    ),
  );
  const create = {
    width: gap + columns * step,
    height: gap + 2 * plans.length * step,
    channels: 3 as const,
    background: '#d8d8d8',
  };
  const shown = tiles.flatMap(({ image, ...at }) => (image === undefined ? [] : [{ input: image, ...at }]));
  writeFileSync(file, await sharp({ create }).composite(shown).webp({ quality: 78, effort: 6 }).toBuffer());
}
