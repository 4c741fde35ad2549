import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BadInputCounter } from '../../src/data/badInput';
import { type ConversionOptions, convertData } from '../../src/data/convert';
import { readImageFolder } from '../../src/data/imageFolder';
import { readRecordIO } from '../../src/data/recordIO';
import type { Sample } from '../../src/data/types';
import { readWebDataset } from '../../src/data/webdataset';
import { proofOf } from '../../src/files';
import { createTokenizer } from '../../src/text';
import { collect, plainPicture, temporaryFolder, writeShard } from './fixtures';

const tokenizer = createTokenizer();
const convert = (from: string, to: string, options: Partial<ConversionOptions> = {}) =>
  convertData({ from, to, tokenizer, samplesPerPart: 3, ...options });

/** Texts that CSV, tokens and shards could each spoil. */
const ROWS: [file: string, ...texts: string[]][] = [
  ['a/one.png', 'A red, "quoted" square;\nsecond line', 'Naïve 日本 CAPTION'],
  ['a/two.png', 'only one text'],
  ['b.c/three.dots.png', 'dots in the name', 'zwei', 'three'],
  ['b.c/four.PNG', 'an ending in capitals', ' =1+1'],
  ['five.png', 'x'.repeat(500), 'long'],
  ['five.webp', 'the same name'],
  ['six.png', 'six', '0'],
];

async function makeFolder(folder: string): Promise<Sample[]> {
  for (const [i, [file]] of ROWS.entries()) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    const picture = await plainPicture(20 * i);
    const webp = (await import('sharp')).default(picture).webp().toBuffer();
    writeFileSync(join(folder, file), file.endsWith('webp') ? await webp : picture);
  }
  const lines = ROWS.map(([file, ...texts]) => JSON.stringify({ file, texts }));
  writeFileSync(join(folder, 'captions.jsonl'), lines.join('\n'));
  return collect(readImageFolder(folder));
}

/** What every conversion must keep. */
const essence = (samples: Sample[]) =>
  samples.map(({ key, image, texts }) => ({ key, texts, image: image.toString('base64') }));

/** The files of a folder, by path. */
function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name)).toString('base64')]));
}

const manifestOf = (folder: string) =>
  readFileSync(join(folder, 'manifest.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('convertData', () => {
  const root = temporaryFolder();
  const at = (name: string) => join(root, name);
  let original: Sample[];
  before(async () => {
    original = await makeFolder(at('folder'));
  });

  it('keeps keys, texts and bytes from a folder through WebDataset and RecordIO to CSV and a folder', async () => {
    await convert(at('folder'), at('shards/train.tar'));
    await convert(at('shards'), at('records/train.rec'));
    await convert(at('records'), at('table/captions.csv'));
    await convert(at('table/captions.csv'), at('again'), { toFormat: 'folder' });
    assert.deepEqual(readdirSync(at('shards')), [
      'manifest.jsonl',
      'train-00000.tar',
      'train-00001.tar',
      'train-00002.tar',
    ]);
    assert.deepEqual(essence(await collect(readImageFolder(at('table')))), essence(original));
    assert.deepEqual(essence(await collect(readImageFolder(at('again')))), essence(original));
  });

  it('writes shards and records that plain readers understand', async () => {
    const shards = await collect(readWebDataset(at('shards')));
    assert.deepEqual(
      shards.map(({ texts }) => texts),
      original.map(({ texts }) => texts),
    );
    assert.deepEqual(
      shards.map(({ key }) => key),
      ['a/one', 'a/two', 'b.c/three_dots', 'b.c/four', 'five', 'five~2', 'six'],
    );
    const records = await collect(readRecordIO(at('records'), { tokenizer }));
    assert.deepEqual(records[2].texts, ['dots in the name', 'zwei', 'three']);
    assert.equal(records[3].key, 'b.c/four.PNG');
  });

  it('lists every file with its size and SHA-256', async () => {
    for (const folder of ['shards', 'records', 'table']) {
      const [settings, ...lines] = manifestOf(at(folder));
      assert.equal(settings.samplesPerPart, 3);
      assert.deepEqual(
        lines.map(({ samples }) => samples),
        [3, 3, 1, 7],
      );
      const files = lines.flatMap((line) => line.files);
      for (const { path, bytes, sha256 } of files)
        assert.deepEqual(proofOf(join(at(folder), path)), { bytes, sha256 });
      const listed = files.map(({ path }) => path).sort();
      assert.deepEqual(
        listed,
        Object.keys(filesOf(at(folder))).filter((name) => name !== 'manifest.jsonl'),
      );
    }
  });

  for (const [name, toFormat] of [
    ['tar', 'webdataset'],
    ['rec', 'recordio'],
    ['csv', 'csv'],
  ] as const) {
    it(`goes on after an interruption (${toFormat}): whole parts stay, the end is the same`, async () => {
      await convert(at('folder'), at(`whole-${name}`), { toFormat });
      const target = at(`cut-${name}`);
      const controller = new AbortController();
      const onPart = (part: number) => part === 1 && controller.abort();
      await assert.rejects(convert(at('folder'), target, { toFormat, signal: controller.signal, onPart }), {
        name: 'RunInterruptedError',
        message: 'Stopped after 6 samples.',
      });
      assert.equal(manifestOf(target).length, 3);
      const times = () =>
        filesOf(target) &&
        manifestOf(target)[1].files.map(({ path }: { path: string }) => statSync(join(target, path)).mtimeMs);
      const before = times();
      // What a killed process leaves: a torn line, half a file.
      writeFileSync(
        join(target, 'manifest.jsonl'),
        `${readFileSync(join(target, 'manifest.jsonl'))}{"part":2,"sam`,
      );
      writeFileSync(join(target, 'half.partial'), 'half');
      const { kept, parts } = await convert(at('folder'), target, { toFormat });
      assert.deepEqual([kept, parts], [2, 3]);
      assert.deepEqual(times(), before);
      const { 'half.partial': _, ...files } = filesOf(target);
      assert.deepEqual(files, filesOf(at(`whole-${name}`)));
    });
  }

  it('stops in the middle of a part without leaving any of it', async () => {
    const controller = new AbortController();
    let decoded = 0;
    const slow = {
      ...tokenizer,
      tokenize: (texts: string[]) => {
        if (++decoded === 5) controller.abort();
        return tokenizer.tokenize(texts);
      },
    };
    const target = at('middle/x.rec');
    await assert.rejects(
      convertData({
        from: at('folder'),
        to: target,
        tokenizer: slow,
        samplesPerPart: 3,
        signal: controller.signal,
      }),
      /Stopped after 5 samples/,
    );
    assert.deepEqual(readdirSync(at('middle')), [
      'manifest.jsonl',
      'x-00000.idx',
      'x-00000.rec',
      'x-00000.texts.jsonl',
    ]);
  });

  it('makes a part anew whose files have changed, and does nothing where all is there', async () => {
    const shard = at('whole-tar/part-00001.tar');
    const right = readFileSync(shard);
    const wrong = Buffer.from(right);
    wrong[600] ^= 1;
    writeFileSync(shard, wrong);
    assert.equal((await convert(at('folder'), at('whole-tar'), { toFormat: 'webdataset' })).kept, 2);
    assert.deepEqual(readFileSync(shard), right);
    const summary = await convert(at('folder'), at('whole-tar'), { toFormat: 'webdataset' });
    assert.deepEqual([summary.kept, summary.samples, summary.bad.bad], [3, 7, 0]);
  });

  it('reports damaged records with their offsets and lists them', async () => {
    mkdirSync(at('damaged'));
    const bytes = readFileSync(at('records/train-00000.rec'));
    const offset = Number(readFileSync(at('records/train-00000.idx'), 'utf8').split(/\s/)[3]);
    bytes.fill(0, offset, offset + 8);
    for (const ending of ['idx', 'texts.jsonl']) {
      writeFileSync(at(`damaged/d.${ending}`), readFileSync(at(`records/train-00000.${ending}`)));
    }
    writeFileSync(at('damaged/d.rec'), bytes);
    const told: string[] = [];
    const { samples, bad } = await convert(at('damaged/d.rec'), at('mended/d.tar'), {
      onSkip: ({ key }) => told.push(key),
    });
    assert.deepEqual([samples, bad.bad, told], [2, 1, [`d.rec@${offset}`]]);
    const listed = JSON.parse(readFileSync(at('mended/skipped.jsonl'), 'utf8'));
    assert.match(listed.message, new RegExp(`at byte ${offset} of ".+" cannot be read: its head is damaged`));
    assert.equal(manifestOf(at('mended')).at(-1).files[0].path, 'skipped.jsonl');
    const kept = await collect(readWebDataset(at('mended'), { counter: new BadInputCounter() }));
    assert.deepEqual(
      kept.map(({ key }) => key),
      ['a/one', 'b.c/three_dots'],
    );
  });

  it('writes nothing outside the folder, whatever the keys say', async () => {
    const shard = await writeShard(at('evil.tar'), {
      '../outside.png': await plainPicture(1),
      'inside.png': await plainPicture(2),
    });
    const { samples, bad } = await convert(shard, at('safe'), { toFormat: 'folder' });
    assert.deepEqual([samples, bad.kinds[0].kind], [1, 'unsafe-key']);
    assert.equal(existsSync(at('outside.png')), false);
  });

  it('refuses in one sentence what it cannot do', async () => {
    const cases: [() => Promise<unknown>, RegExp][] = [
      [
        () => convert(at('nowhere'), at('x/y.tar')),
        /^Error: Expected data at ".+nowhere", but there is nothing/,
      ],
      [() => convert(at('folder'), at('x')), /^Error: Expected a format for ".+x"; give --to folder/],
      [() => convert(at('folder'), at('folder/x.tar'), {}), /^Error: Expected a target outside/],
      [
        () => convert(at('folder'), at('again/x.tar')),
        /manifest\.jsonl has "from" "csv" where "folder" is asked for/,
      ],
      [
        () => convert(at('shards'), root, { toFormat: 'folder' }),
        /^Error: Expected an empty or new folder at/,
      ],
    ];
    for (const [attempt, message] of cases) await assert.rejects(attempt(), message);
    writeFileSync(at('folder/new.png'), await plainPicture(9));
    await assert.rejects(
      convert(at('folder'), at('shards/train.tar')),
      /other data than the source holds now/,
    );
  });
});
