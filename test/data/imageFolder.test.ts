import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BadInputCounter, readImageFolder } from '../../src/data';
import { createRandom } from '../../src/engine/random';
import { collect, plainPicture, temporaryFolder } from './fixtures';

describe('readImageFolder', () => {
  const root = temporaryFolder();

  /** Writes the files (null: a picture) under a new folder and returns its path. */
  async function folderOf(name: string, files: Record<string, string | null>): Promise<string> {
    const folder = join(root, name);
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), content ?? (await plainPicture(1)));
    }
    return folder;
  }

  it('takes labels from a folder per class', async () => {
    const folder = await folderOf('classes', {
      'rose/b.jpg': null,
      'rose/a.PNG': null,
      'daisy/c.webp': null,
      'daisy/.hidden.jpg': null,
      '.trash/d.jpg': null,
      'README.md': 'no picture',
    });
    const samples = await collect(readImageFolder(folder));
    assert.deepEqual(
      samples.map(({ key, texts, meta }) => [key, texts, meta]),
      [
        ['daisy/c.webp', [], { label: 'daisy', class: 0 }],
        ['rose/a.PNG', [], { label: 'rose', class: 1 }],
        ['rose/b.jpg', [], { label: 'rose', class: 1 }],
      ],
    );
  });

  it('takes the caption beside a picture', async () => {
    const folder = await folderOf('beside', { 'a.jpg': null, 'a.txt': ' a fox\n', 'b.jpg': null });
    const samples = await collect(readImageFolder(folder));
    assert.deepEqual(
      samples.map(({ key, texts, meta }) => [key, texts, meta]),
      [
        ['a.jpg', ['a fox'], {}],
        ['b.jpg', [], {}],
      ],
    );
  });

  const tables: [string, string][] = [
    ['captions.csv', 'file,text\nb.jpg,"one, two"\na.jpg,three\nb.jpg,four\n'],
    ['captions.tsv', 'filepath\ttitle\nb.jpg\tone, two\na.jpg\tthree\nb.jpg\tfour\n'],
    [
      'captions.jsonl',
      '{"file_name": "b.jpg", "texts": ["one, two", "four"]}\n\n{"file": "a.jpg", "caption": "three"}\n',
    ],
  ];
  for (const [name, content] of tables) {
    it(`takes captions from ${name}, several ones for one picture too`, async () => {
      const folder = await folderOf(`table-${name}`, {
        'a.jpg': null,
        'b.jpg': null,
        'c.jpg': null,
        [name]: content,
      });
      const samples = await collect(readImageFolder(folder));
      assert.deepEqual(
        samples.map(({ key, texts }) => [key, texts]),
        [
          ['b.jpg', ['one, two', 'four']],
          ['a.jpg', ['three']],
        ],
      );
      assert.equal((await collect(readImageFolder(folder, { captions: false }))).length, 3);
    });
  }

  it('skips and counts missing pictures, blank captions and broken lines', async () => {
    const folder = await folderOf('bad', {
      'a.jpg': null,
      'b.jpg': null,
      'captions.jsonl':
        '{"file": "a.jpg", "text": "good"}\n{"file": "b.jpg", "text": " "}\n{"file": "gone.jpg", "text": "x"}\n{"fi',
    });
    const counter = new BadInputCounter();
    const samples = await collect(readImageFolder(folder, { counter }));
    assert.deepEqual(
      samples.map(({ key }) => key),
      ['a.jpg'],
    );
    const { seen, kinds } = counter.summary();
    assert.equal(seen, 4);
    assert.deepEqual(Object.fromEntries(kinds.map(({ kind, firstKeys }) => [kind, firstKeys])), {
      'broken-json': ['captions.jsonl:4'],
      'empty-caption': ['b.jpg'],
      'missing-file': ['gone.jpg'],
    });
    assert.match(
      kinds.find(({ kind }) => kind === 'missing-file')!.firstMessage,
      /gone\.jpg" cannot be read \(ENOENT\)\.$/,
    );
  });

  it('shuffles by seed and keeps the class numbers', async () => {
    const files = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${i % 2}/${i}.jpg`, null]));
    const folder = await folderOf('shuffle', files);
    const order = async (seed: number) => {
      const samples = await collect(readImageFolder(folder, { random: createRandom(seed) }));
      for (const { key, meta } of samples) assert.equal(meta.class, Number(key[0]));
      return samples.map(({ key }) => key);
    };
    assert.deepEqual(await order(1), await order(1));
    assert.notDeepEqual(await order(1), await order(2));
    assert.deepEqual((await order(1)).sort(), Object.keys(files).sort());
  });

  it('refuses a folder, a caption file or columns that are not there, in one sentence', async () => {
    await folderOf('empty', { 'note.txt': 'x' });
    await folderOf('columns', { 'captions.csv': 'name,words\na.jpg,b\n' });
    const reading = (name: string, captions?: string) =>
      collect(readImageFolder(join(root, name), { captions }));
    await assert.rejects(reading('absent'), /Expected a folder of pictures at ".*absent", but there is none/);
    await assert.rejects(reading('empty'), /Expected pictures in ".*empty", but found none/);
    await assert.rejects(reading('empty', join(root, 'gone.csv')), /Expected captions in ".*gone.csv"/);
    await assert.rejects(
      reading('columns'),
      /Expected a column file, .* but got name, words; add a header line/,
    );
  });
});
