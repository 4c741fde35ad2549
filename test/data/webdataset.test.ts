import assert from 'node:assert/strict';
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { BadInputCounter, readWebDataset } from '../../src/data';
import { collect, plainPicture, tarOf, temporaryFolder, wholeSamples, writeShard } from './fixtures';

describe('readWebDataset', () => {
  const folder = temporaryFolder();
  const path = (name: string) => join(folder, name);

  it('groups members by the name up to the first dot and reads texts and meta', async () => {
    const image = await plainPicture(1);
    const shard = await writeShard(path('group.tar'), {
      'a/b.c/000.PNG': image,
      'a/b.c/000.json': '{"text": " red ", "caption": ["crimson", "red", ""], "width": 3}',
      'a/b.c/000.txt': 'a red square\n',
      'a/b.c/000.seg.bin': 'ignored',
      README: 'ignored',
      'a/001.cls': '7',
      'a/001.jpg': image,
    });
    const samples = await collect(readWebDataset(shard));
    assert.deepEqual(samples, [
      {
        key: 'a/b.c/000',
        image,
        texts: ['a red square', 'red', 'crimson'],
        meta: { text: ' red ', caption: ['crimson', 'red', ''], width: 3 },
      },
      { key: 'a/001', image, texts: [], meta: { cls: 7 } },
    ]);
  });

  it('reads zipped shards, one after another', async () => {
    await writeShard(path('zip-0.tar.gz'), await wholeSamples(0, 3));
    await writeShard(path('zip-1.tgz'), await wholeSamples(3, 5));
    const samples = await collect(readWebDataset([path('zip-0.tar.gz'), path('zip-1.tgz')]));
    assert.deepEqual(
      samples.flatMap((sample) => sample.texts),
      ['text 0', 'text 1', 'text 2', 'text 3', 'text 4'],
    );
  });

  it('takes the texts from the fields it is told to', async () => {
    const members = {
      '0.png': await plainPicture(0),
      '0.json': '{"title": "card", "description": "A card."}',
    };
    const shard = await writeShard(path('fields.tar'), members);
    const [sample] = await collect(readWebDataset(shard, { textFields: ['description', 'title'] }));
    assert.deepEqual(sample.texts, ['A card.', 'card']);
  });

  it('skips and counts samples without picture, with broken JSON or with an empty caption', async () => {
    const image = await plainPicture(0);
    const shard = await writeShard(path('bad.tar'), {
      '0.txt': 'no picture',
      '1.png': image,
      '1.json': '{"text": ',
      '2.png': image,
      '2.txt': ' \n',
      '3.png': Buffer.alloc(0),
      '4.png': image,
      '4.json': '[1]',
      '5.png': image,
      '5.txt': 'good',
    });
    const counter = new BadInputCounter();
    const samples = await collect(readWebDataset(shard, { counter }));
    assert.deepEqual(
      samples.map((sample) => sample.key),
      ['5'],
    );
    assert.deepEqual(counter.summary(), {
      seen: 6,
      bad: 5,
      kinds: [
        {
          kind: 'missing-picture',
          count: 2,
          firstKeys: ['0', '3'],
          firstMessage: 'The sample "0" has no picture.',
        },
        {
          kind: 'broken-json',
          count: 2,
          firstKeys: ['1', '4'],
          firstMessage: 'The JSON member of sample "1" is not a JSON object.',
        },
        {
          kind: 'empty-caption',
          count: 1,
          firstKeys: ['2'],
          firstMessage: 'The caption of sample "2" is empty.',
        },
      ],
    });
  });

  const truncations: [string, (whole: Buffer) => Buffer][] = [
    ['cut.tar', (whole) => whole.subarray(0, 512 * 10 + 600)],
    ['cut-header.tar', (whole) => whole.subarray(0, 512 * 12 + 100)],
    ['cut.tar.gz', (whole) => gzipSync(whole, { level: 0 }).subarray(0, 512 * 10 + 600)],
    ['text.tar', () => Buffer.from('not an archive '.repeat(100))],
    ['text.tar.gz', () => Buffer.from('not an archive '.repeat(100))],
    ['empty.tar.gz', () => Buffer.alloc(0)],
  ];
  for (const [name, damage] of truncations) {
    it(`keeps the whole samples before the damage and goes on with the next shard: ${name}`, async () => {
      const first = path(name);
      writeFileSync(first, damage(await tarOf(await wholeSamples(0, 9))));
      const second = await writeShard(path('after.tar'), await wholeSamples(20, 22));
      const counter = new BadInputCounter();
      const samples = await collect(readWebDataset([first, second], { counter }));
      const keys = samples.map((sample) => sample.key);
      assert.deepEqual(keys, [...(name.startsWith('cut') ? ['000', '001'] : []), '020', '021']);
      const [{ kind, firstKeys, firstMessage }] = counter.summary().kinds;
      assert.deepEqual([kind, firstKeys], ['truncated-shard', [name]]);
      assert.match(firstMessage, /^The shard ".*" ends early or is damaged at .*\.$/);
    });
  }

  it('counts a missing shard of a brace pattern and reads the others', async () => {
    await writeShard(path('some-0.tar'), await wholeSamples(0, 1));
    await writeShard(path('some-2.tar'), await wholeSamples(2, 3));
    const counter = new BadInputCounter();
    const samples = await collect(readWebDataset(path('some-{0..2}.tar'), { counter }));
    assert.deepEqual(
      samples.map((sample) => sample.key),
      ['000', '002'],
    );
    assert.deepEqual(
      counter.summary().kinds.map(({ kind, count }) => [kind, count]),
      [['missing-file', 1]],
    );
  });

  it('stops in one sentence when too many samples are bad', async () => {
    const members = await wholeSamples(0, 200);
    for (let i = 50; i < 70; i++) members[`0${i}.txt`] = '';
    const shard = await writeShard(path('many.tar'), members);
    await assert.rejects(
      collect(readWebDataset(shard)),
      /^TooManyBadSamplesError: 20 of 100 samples are unusable \(20 empty-caption: 050, 051, 052, 053, 054, …\), more than the tolerated 5%; repair/,
    );
  });

  it('refuses a shard whose members are scattered, in one sentence', async () => {
    const image = await plainPicture(0);
    const scattered = { '0.png': image, '1.png': image, '0.txt': 'zero', '1.txt': 'one' };
    const shard = await writeShard(path('scattered.tar'), scattered);
    await assert.rejects(
      collect(readWebDataset(shard)),
      /^Error: Expected the members of sample "0" one after another .* \(`tar --sort=name`\)\.$/,
    );
  });

  it('closes the file when the consumer stops early', async () => {
    const shard = await writeShard(path('early.tar'), await wholeSamples(0, 50));
    for await (const sample of readWebDataset(shard)) {
      assert.equal(sample.key, '000');
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (process.platform === 'linux') assert.ok(!openFiles().includes(shard));
  });
});

function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return [readlinkSync(join('/proc/self/fd', name))];
    } catch {
      return [];
    }
  });
}
