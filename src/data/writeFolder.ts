import { closeSync, existsSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createGrowingFile, type GrowingFile } from '../files';
import { type PartWriter, partName, type Target, type WrittenFile } from './parts';
import { pictureFile } from './sampleNames';
import type { Sample } from './types';

/** How a caption file is written, by its ending. */
const TABLES = {
  csv: { head: 'file,text\n', rows: csvRows },
  jsonl: { head: '', rows: jsonRow },
};

export type TableEnding = keyof typeof TABLES;

/** The tables of the parts lie in this folder; `<name>.csv` or `<name>.jsonl` is all of them. */
const PART_TABLES = 'captions';

/**
 * Pictures `<folder>/<key>.jpg` … as they are, with their texts in `<folder>/<name>.csv` (one row for each text) or
 * `.jsonl` (one line for each picture, with its meta). No such file is written where no sample has a text.
 */
export function folderTarget(folder: string, name: string, ending: TableEnding): Target {
  const table = (part: number) => `${PART_TABLES}/${partName(name, part)}.${ending}`;
  return {
    namedByKeys: true,
    openPart: (part) => openFolderPart(folder, table(part), ending),
    finish(parts, hasTexts) {
      if (!hasTexts) return [];
      const path = `${name}.${ending}`;
      const whole = createGrowingFile(join(folder, path));
      try {
        whole.write(TABLES[ending].head);
        for (let part = 0; part < parts; part++) append(whole, join(folder, table(part)));
        return [{ path, ...whole.finish() }];
      } finally {
        whole.discard();
      }
    },
  };
}

function openFolderPart(folder: string, table: string, ending: TableEnding): PartWriter {
  const rows = createGrowingFile(join(folder, table));
  const written: WrittenFile[] = [];
  const own: string[] = [];
  return {
    add(sample) {
      const path = pictureFile(sample.key, sample.image);
      rows.write(TABLES[ending].rows(path, sample));
      const place = join(folder, path);
      if (!existsSync(place)) own.push(place);
      else if (!readFileSync(place).equals(sample.image)) throw taken(sample.key, place);
      const file = createGrowingFile(place, { durable: false });
      try {
        file.write(sample.image);
        written.push({ path, ...file.finish() });
      } finally {
        file.discard();
      }
    },
    finish: async () => [...written, { path: table, ...rows.finish() }],
    discard() {
      rows.discard();
      for (const place of own) rmSync(place, { force: true });
    },
  };
}

function taken(key: string, place: string): Error {
  return new Error(
    `Expected one picture for each key, but "${key}" would take the place of another one at "${place}"; ` +
      'convert to WebDataset or RecordIO, or to an empty folder.',
  );
}

function csvRows(file: string, { texts }: Sample): string {
  return (texts.length > 0 ? texts : ['']).map((text) => `${quoted(file)},${quoted(text)}\n`).join('');
}

function quoted(value: string): string {
  return `"${value.replaceAll('"', '""')}"`;
}

function jsonRow(file: string, { texts, meta }: Sample): string {
  return `${JSON.stringify({ file, texts, meta })}\n`;
}

function append(target: GrowingFile, path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    const piece = Buffer.allocUnsafe(2 ** 20);
    for (let count = readSync(descriptor, piece); count > 0; count = readSync(descriptor, piece)) {
      target.write(piece.subarray(0, count));
    }
  } finally {
    closeSync(descriptor);
  }
}
