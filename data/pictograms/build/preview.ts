import { writeFileSync } from 'node:fs';
import sharp from 'sharp';
import type { Entry } from '../../shards';
import { SIDE } from './render';

const COLUMNS = 14;
const GAP = 6;

const STYLES = ['noto', 'twemoji', 'openmoji', 'fluent', 'openclipart'];

/** A contact sheet: a few concepts in every emoji style, one row per style, and rows of OpenClipart below. */
export async function writePreview(file: string, entries: Entry[]): Promise<void> {
  const labels = [...new Set(entries.map(({ meta }) => meta.label))].filter((label) =>
    STYLES.slice(0, 4).every((style) => find(entries, style, label)),
  );
  const rows = [0, 1].flatMap((block) => {
    const shown = labels.slice(block * COLUMNS, (block + 1) * COLUMNS);
    return STYLES.slice(0, 4).map((style) => shown.map((label) => find(entries, style, label) as Entry));
  });
  const clipart = entries.filter(({ meta }) => meta.style === 'openclipart');
  for (let row = 0; row < 3; row++) rows.push(clipart.slice(row * COLUMNS, (row + 1) * COLUMNS));
  const step = SIDE + GAP;
  const tiles = rows.flatMap((row, y) =>
    row.map(({ image }, x) => ({ input: image, left: GAP + x * step, top: GAP + y * step })),
  );
  const sheet = sharp({
    create: {
      width: GAP + COLUMNS * step,
      height: GAP + rows.length * step,
      channels: 3,
      background: '#d8d8d8',
    },
  });
  writeFileSync(file, await sheet.composite(tiles).webp({ quality: 80, effort: 6 }).toBuffer());
}

function find(entries: Entry[], style: string, label: string): Entry | undefined {
  return entries.find(({ meta }) => meta.style === style && meta.label === label);
}
