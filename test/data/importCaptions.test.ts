import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ImportCaptionsOptions, importCaptions } from '../../src/data';
import { temporaryFolder, writeShard } from './fixtures';

const NONE = { count: 0, first: [] };

describe('importCaptions', () => {
  const folder = temporaryFolder();
  function written(name: string, content: string): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }
  const captionsIn = async (path: string, options?: ImportCaptionsOptions) => [
    ...(await importCaptions(path, options)).byKey,
  ];

  it('reads JSONL and notes what is double, empty or broken', async () => {
    const lines = [
      '\uFEFF{"key": "a/0", "caption": " a red apple "}',
      '{"key": 17, "caption": "line\u2028break", "text": "raw"}',
      '',
      '{"key": "a/0", "caption": "again"}',
      '{"key": "2", "caption": "  "}',
      '{"key": "3"}',
      '{"caption": "whose?"}',
      'no JSON',
      'null',
      '{"file": "4.png", "captions": ["first", "second"]}\r',
      '{"key": "5", "text": "ünïcödé 🐶"}',
    ];
    const path = written('all.jsonl', lines.join('\n'));
    assert.deepEqual(await importCaptions(path), {
      source: path,
      byKey: new Map([
        ['a/0', 'a red apple'],
        ['17', 'line\u2028break'],
        ['4.png', 'first'],
        ['5', 'ünïcödé 🐶'],
      ]),
      duplicates: { count: 1, first: ['a/0'] },
      empty: { count: 2, first: ['2', '3'] },
      broken: { count: 3, first: ['all.jsonl:7', 'all.jsonl:8', 'all.jsonl:9'] },
    });
  });

  it('reads lines that span pieces of the file, and letters cut in two', async () => {
    const long = 'é'.repeat(100_001);
    const path = written(
      'long.jsonl',
      `{"key":"x","caption":"${long}"}\n{"key":"yz","caption":"${long}!"}\n`,
    );
    assert.deepEqual(await captionsIn(path), [
      ['x', long],
      ['yz', `${long}!`],
    ]);
  });

  it('keeps the first five of what it notes', async () => {
    const lines = Array.from({ length: 7 }, (_, i) => `{"key": "${i}", "caption": ""}`);
    const path = written('empty.jsonl', [...lines, '{"key": "7", "caption": "a"}'].join('\n'));
    const { empty } = await importCaptions(path);
    assert.deepEqual(empty, { count: 7, first: ['0', '1', '2', '3', '4'] });
  });

  it('takes the fields it is told to', async () => {
    const path = written('fields.ndjson', '{"id": "0", "key": "no", "blip": "a dog", "caption": "no"}');
    assert.deepEqual(await captionsIn(path, { keyField: 'id', captionField: 'blip' }), [['0', 'a dog']]);
  });

  it('reads tables, whatever divides their columns', async () => {
    const csv = written(
      'a.csv',
      '\uFEFFkey,caption\r\n0,"red, with ""dots"""\r\n,none\r\n1,"two\nlines"\r\n2,\r\n',
    );
    const { byKey, empty, broken } = await importCaptions(csv);
    assert.deepEqual(
      [...byKey],
      [
        ['0', 'red, with "dots"'],
        ['1', 'two\nlines'],
      ],
    );
    assert.deepEqual(
      [empty, broken],
      [
        { count: 1, first: ['2'] },
        { count: 1, first: ['a.csv, row 2'] },
      ],
    );
    const tsv = written('a.tsv', 'id\tbüld\n0\tein Häuschen\n');
    assert.deepEqual(await captionsIn(tsv, { keyField: 'id', captionField: 'büld' }), [
      ['0', 'ein Häuschen'],
    ]);
    const named = written('captions.txt', 'file,text\n0.png,a dog\n');
    assert.deepEqual(await captionsIn(named, { format: 'csv' }), [['0.png', 'a dog']]);
  });

  describe('from shards', () => {
    const shard = join(folder, 'web-0.tar.gz');
    before(async () => {
      await writeShard(shard, {
        'a/000.caption.txt': 'a red apple\n',
        'a/000.json': '{"blip": "an apple"}',
        'a/000.txt': 'IMG_1',
        'a/001.Caption.TXT': 'a dog',
        'a/001.json': '{"blip": ""}',
        'a/002.json': '[1]',
        'a/003.json': '{"blip": "a cat", "key": "another"}',
      });
    });

    it('takes members, texts or a field of JSON', async () => {
      assert.deepEqual(await captionsIn(shard), [
        ['a/000', 'a red apple'],
        ['a/001', 'a dog'],
      ]);
      const { byKey, ...noted } = await importCaptions(join(folder, 'web-*.tar.gz'), {
        member: 'json',
        captionField: 'blip',
      });
      assert.deepEqual(
        [...byKey],
        [
          ['a/000', 'an apple'],
          ['a/003', 'a cat'],
        ],
      );
      assert.deepEqual(noted, {
        source: join(folder, 'web-*.tar.gz'),
        duplicates: NONE,
        empty: { count: 1, first: ['a/001'] },
        broken: { count: 1, first: ['a/002.json'] },
      });
    });

    it('says which members there are where the one asked for is not', async () => {
      await assert.rejects(importCaptions([shard], { member: 'blip.txt' }), {
        message:
          `Expected members "<key>.blip.txt" with captions in "${shard}", but found caption.txt, json, txt only; ` +
          'say in "member" which holds them.',
      });
    });

    it('does not take half of a shard for the whole', async () => {
      const whole = readFileSync(shard);
      const path = join(folder, 'cut.tar.gz');
      writeFileSync(path, whole.subarray(0, whole.length - 20));
      await assert.rejects(
        importCaptions(path),
        /^Error: Expected captions in the shard ".*cut\.tar\.gz", but it is damaged or ends early \(.*\); mend/,
      );
      await assert.rejects(
        importCaptions(join(folder, 'web-{0..1}.tar.gz')),
        /web-1\.tar\.gz", but it does not exist/,
      );
    });
  });

  it('says what is wrong in one sentence', async () => {
    const missing = join(folder, 'none.jsonl');
    await assert.rejects(importCaptions(missing), {
      message: `Expected a file with captions at "${missing}", but there is none; check the path.`,
    });
    const csv = written('columns.csv', 'name;text\n0;a\n');
    await assert.rejects(importCaptions(csv), {
      message:
        `Expected a column key or file or file_name or filename or filepath or image in "${csv}", but got name, text; ` +
        'add a header line, or say which columns hold key and caption.',
    });
    const blank = written('blank.jsonl', '{"key": "0", "caption": ""}\nx\n');
    await assert.rejects(importCaptions(blank), {
      message:
        `Expected captions in "${blank}", but found none (1 rows without a key, 1 without a caption); ` +
        'check the names of the fields.',
    });
    const json = written('list.json', '[]');
    await assert.rejects(importCaptions(json), {
      message: `Expected captions in a .jsonl, .csv or .tar file, but got "${json}"; say in "format" which of these it is.`,
    });
    await assert.rejects(importCaptions(blank, { member: 'txt' }), {
      message: `Expected "member" beside shards only, but "${blank}" is read as jsonl; leave it out.`,
    });
  });
});
