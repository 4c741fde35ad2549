import { join } from 'node:path';
import { createGrowingFile, encodeRecord, indexLine } from '../files';
import { type PairTokenizer, packPair } from './pairRecord';
import { type PartWriter, partName, type Target } from './parts';
import type { RecordTexts } from './recordTexts';

/**
 * Files `<folder>/<name>-00000.rec` with their `.idx`, as the official ALIP code reads them, and a `.texts.jsonl` with
 * what tokens do not keep: key, texts and meta as they were. Records are numbered through the whole set.
 */
export function recordIOTarget(folder: string, name: string, tokenizer: PairTokenizer): Target {
  return {
    namedByKeys: false,
    openPart: (part, first) => openRecords(folder, partName(name, part), first, tokenizer),
    finish: () => [],
  };
}

function openRecords(folder: string, name: string, first: number, tokenizer: PairTokenizer): PartWriter {
  const paths = [`${name}.rec`, `${name}.idx`, `${name}.texts.jsonl`];
  const files = paths.map((path) => createGrowingFile(join(folder, path)));
  const [records, index, lines] = files;
  let number = first;
  return {
    add({ key, image, texts, meta }) {
      const offset = records.bytes;
      for (const piece of encodeRecord(packPair(texts, image, number, tokenizer))) records.write(piece);
      index.write(indexLine({ key: String(number), offset }));
      const line: RecordTexts = { offset, key, texts, meta };
      lines.write(`${JSON.stringify(line)}\n`);
      number++;
    },
    finish: async () => files.map((file, i) => ({ path: paths[i], ...file.finish() })),
    discard: () => {
      for (const file of files) file.discard();
    },
  };
}
