import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadInputCounter } from '../../src/data';
import { packPair } from '../../src/data/pairRecord';
import { packRecord } from '../../src/data/recordHeader';
import { readRecordFile } from '../../src/data/recordIO';
import { encodeRecord } from '../../src/files';
import { createTokenizer } from '../../src/text';
import { temporaryFolder } from '../data/fixtures';
import { itTakesAnything, sentenceFlaw } from './fuzz';
import { mutateBytes as mutate } from './mutate';

const golden = (ending: string) => readFileSync(join(__dirname, `../golden/recordIO.${ending}`));

describe('any file of records', () => {
  const folder = temporaryFolder();
  const tokenizer = createTokenizer();
  const image = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
  const TEXTS = ['a cat on a mat', 'the picture of a cat'];
  const labelled = packRecord({ label: 7 }, image);
  const own = Buffer.concat(
    [packPair(TEXTS, image, 1, tokenizer), labelled, packPair(TEXTS, image, 2, tokenizer)].flatMap(
      encodeRecord,
    ),
  );

  /** What cannot be read is counted, not thrown. */
  async function readAll(path: string): Promise<void> {
    const counter = new BadInputCounter({ limitFraction: 1 });
    for await (const { key, image: picture, texts } of readRecordFile(path, { tokenizer, counter })) {
      assert.ok(key && picture.length > 0 && texts.every((text) => typeof text === 'string'));
    }
    for (const { firstMessage } of counter.summary().kinds) {
      assert.equal(sentenceFlaw(firstMessage, /^The record at byte \d+ of /), undefined);
    }
  }

  itTakesAnything('RecordIO', {
    inputs: () => [golden('rec'), own],
    mutate,
    read: async (bytes) => {
      writeFileSync(join(folder, 'a.rec'), bytes);
      await readAll(join(folder, 'a.rec'));
    },
  });

  itTakesAnything('the index beside RecordIO', {
    inputs: () => [golden('idx')],
    mutate,
    read: async (bytes) => {
      writeFileSync(join(folder, 'b.rec'), golden('rec'));
      writeFileSync(join(folder, 'b.idx'), bytes);
      await readAll(join(folder, 'b.rec'));
    },
  });

  itTakesAnything('the texts beside RecordIO', {
    inputs: () => {
      const lines = [0, 2].map((i) => ({ offset: i * 4, key: `k${i}`, texts: TEXTS, meta: { width: 3 } }));
      return [Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))];
    },
    mutate,
    read: async (bytes) => {
      writeFileSync(join(folder, 'c.rec'), own);
      writeFileSync(join(folder, 'c.texts.jsonl'), bytes);
      await readAll(join(folder, 'c.rec'));
    },
  });
});
