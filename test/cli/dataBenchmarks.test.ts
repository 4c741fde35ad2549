import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BENCHMARKS, type Benchmark } from '../../src/benchmarks';
import { createProgram } from '../../src/cli/main';
import { publish } from '../benchmarks/archives';
import { type TinySet, tinySet } from '../benchmarks/tinySet';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { type FileServer, serveFile } from '../files/fileServer';
import { written } from './written';

describe('clipbook data, benchmarks', () => {
  const root = temporaryFolder();
  const { exitCode } = process;
  let tiny: TinySet;
  let server: FileServer;
  let places: string;
  let count = 0;
  before(async () => {
    tiny = await tinySet();
    (BENCHMARKS as Benchmark[]).push(tiny.benchmark);
    server = await serveFile(Buffer.alloc(0));
  });
  after(() => {
    (BENCHMARKS as Benchmark[]).pop();
    server.close();
  });
  beforeEach(() => {
    places = join(root, String(count++));
  });
  afterEach(() => {
    process.exitCode = exitCode;
  });

  async function data(...args: string[]): Promise<{ out: string; told: string }> {
    let out = '';
    const told = await written('stderr', async () => {
      const parse = () => createProgram().parseAsync(['node', 'clipbook', 'data', ...args]);
      out = await written('stdout', parse);
    });
    return { out, told };
  }
  const folder = () => join(places, 'tiny_set');
  const place = (...names: string[]) => {
    mkdirSync(folder(), { recursive: true });
    for (const name of names) writeFileSync(join(folder(), name), tiny.contents[name]);
  };

  it('lists weights and benchmarks apart, and what is here of each', async () => {
    place('labels.txt', 'train.tar');
    const all = (await data('list', '--data', places)).out;
    assert.match(
      all,
      /^Weights\nRN50:openai[\s\S]+\n\nBenchmarks\n[\s\S]*\ncifar10 +CIFAR-10 +170\.1 MB +not here +none stated\n/,
    );
    assert.match(
      all,
      /\ntiny_set +Tiny <Set> +\d\.\d kB +2 of 3 files here +CC0 & free\n {2}lacks ".+tiny\.tar\.gz", from https:\S+tiny\.tar\.gz\n$/,
    );
    const { out } = await data('list', 'benchmarks', '--data', places);
    assert.match(out, /^Benchmarks\n/);
    assert.doesNotMatch((await data('list', 'weights')).out, /Benchmarks|cifar10/);
    place('tiny.tar.gz');
    assert.match((await data('list', 'tiny_', '--data', places)).out, /kB +here +CC0/);
    const [item] = JSON.parse((await data('list', 'tiny_', '--data', places, '--json')).out);
    assert.deepEqual([item.kind, item.splits, item.folder], ['benchmark', { train: 1, test: 9 }, folder()]);
    assert.deepEqual(
      item.files.map(({ name, state }: { name: string; state: string }) => [name, state]),
      [
        ['tiny.tar.gz', 'here'],
        ['labels.txt', 'here'],
        ['train.tar', 'here'],
      ],
    );
  });

  it('fetches what it may into the cache; the exit code tells that something has to be placed', async () => {
    server.next({ body: tiny.contents['tiny.tar.gz'] }, { body: tiny.contents['labels.txt'] });
    const fetched = ['fetch', 'tiny_set', '--cache', places, '--mirror', server.url];
    const { out, told } = await data(...fetched);
    const cached = join(places, 'benchmarks/tiny_set');
    assert.equal(out.split('\n')[0], `tiny_set: 2 of its 3 files are in "${cached}" (licence: CC0 & free).`);
    assert.match(out, /\n {2}tiny\.tar\.gz {2}\d+ B, fetched\n {2}labels\.txt {2}\d+ B, fetched\n$/);
    assert.match(
      told,
      /Get the file behind https:\/\/data\.example\.org\/register .+ save it as ".+train\.tar"\.\n$/,
    );
    assert.equal(process.exitCode, 1);
    process.exitCode = exitCode;
    const again = await data(...fetched, '--split', 'test', '--json');
    const [{ files, lacking }] = JSON.parse(again.out);
    assert.deepEqual([files.length, files[0].isNew, lacking, again.told], [2, false, [], '']);
    assert.equal(process.exitCode, exitCode);
    assert.equal((await data('path', 'tiny_set', '--cache', places)).out, `${cached}\n`);
  });

  it('refuses a miniature in place of the published archive', async () => {
    server.next({ body: Buffer.from('no archive') });
    const fetched = data('fetch', 'cifar10', '--data', places, '--mirror', server.url);
    await assert.rejects(fetched, /has 10 bytes, where 170052171 bytes are published; it is not fetched/);
  });

  it('verifies checksums, and with --deep what is in the files', async () => {
    place('tiny.tar.gz', 'labels.txt');
    const { out } = await data('verify', 'tiny_set', '--data', places);
    assert.match(
      out,
      /^tiny_set: ".+tiny\.tar\.gz" is right, [0-9a-f]{64}\.\ntiny_set: ".+labels\.txt" is right, /,
    );
    assert.equal(process.exitCode, exitCode);
    const deep = await data('verify', 'tiny_set', '--data', places, '--deep');
    assert.match(
      deep.out,
      /\nExpected 9 pictures in the test split of Tiny <Set>, got 8\. Absent .+: absent\.png\.\n$/,
    );
    assert.doesNotMatch(deep.out, /train split/);
    assert.equal(process.exitCode, 1);
    process.exitCode = exitCode;
    place('train.tar');
    const train = JSON.parse(
      (await data('verify', 'tiny_set', '--data', places, '--split', 'train', '--json')).out,
    );
    assert.deepEqual(train.at(-1).counted, { split: 'train', pictures: 1, classes: 3, captions: 0 });
    process.exitCode = exitCode;
    writeFileSync(join(folder(), 'labels.txt'), 'other');
    const bad = await data('verify', 'tiny_set', '--data', places);
    assert.match(
      bad.out,
      /\n".+labels\.txt" is not the file that was expected: its size is 5 bytes, the publisher's is \d+/,
    );
    assert.equal(process.exitCode, 1);
  });

  it('verifies all that is here, and says what nobody can prove', async () => {
    mkdirSync(join(folder(), 'tiny'), { recursive: true });
    const { out } = await data('verify', 'tiny_set', '--data', places);
    assert.match(out, /^tiny_set: no file lies here as published, so none can be proven; --deep counts/);
    const deep = await data('verify', 'tiny_set', '--data', places, '--deep');
    assert.match(deep.out, /^Expected Tiny <Set>'s "labels\.txt" in ".+", but it is not there; get it from/);
    assert.equal(process.exitCode, 1);
    process.exitCode = exitCode;
    place('train.tar');
    const all = await data('verify', '--cache', places, '--data', places);
    assert.match(all.out, /^tiny_set: ".+train\.tar" is right, [0-9a-f]{64}\.\n$/);
    await assert.rejects(
      data('verify', 'cifar10', '--data', places),
      /cifar10 is not in ".+"; run "clipbook data fetch cifar10"/,
    );
  });

  it('shows pictures of a split, with their classes, on a page of its own', async () => {
    place('tiny.tar.gz', 'labels.txt');
    const page = join(places, 'page.html');
    const preview = ['preview', 'tiny_set', '--data', places, '-o', page, '--count', '3'];
    const { out } = await data(...preview);
    assert.match(
      out,
      /^Tiny <Set>, test: 8 pictures in 3 classes of 2 to 4\.\nLicence: CC0 & free\. Cite: Nobody, .+\n/,
    );
    assert.match(out, /\nExpected 9 pictures in .+, got 8\.\n[\s\S]+\nThe page is ".+page\.html"\.\n$/);
    const html = readFileSync(page, 'utf8');
    assert.match(html, /<h1>Tiny &lt;Set&gt;, test<\/h1>/);
    assert.match(html, /<dt>Pictures<\/dt><dd>8; published: 9<\/dd>/);
    assert.match(html, /<dt>dim &amp; dull<\/dt><dd>4<\/dd>/);
    assert.match(html, /<dt>Metric<\/dt><dd>top-1, macro-F1<\/dd>/);
    assert.match(html, /<dt>Licence<\/dt><dd>CC0 &amp; free<\/dd>/);
    assert.equal(html.match(/src="data:image\/webp/g)?.length, 3);
    assert.doesNotMatch(html, /(src|href)="http/);
    const shown = async (...more: string[]) =>
      JSON.parse((await data(...preview, '--json', ...more)).out).shown;
    assert.deepEqual(await shown(), await shown('--seed', '0'));
    assert.notDeepEqual(await shown('--seed', '1'), await shown('--seed', '2'));
  });

  it('names damaged pictures, and shows captions', async () => {
    const cifar = join(places, 'cifar10');
    await publish(cifar, 'cifar-10-binary.tar.gz', {
      'cifar-10-batches-bin/batches.meta.txt': 'airplane\nautomobile\n',
      'cifar-10-batches-bin/test_batch.bin': Buffer.concat([Buffer.from([1]), Buffer.alloc(3072, 7)]),
    });
    const page = join(places, 'page.html');
    const { out } = await data('preview', 'cifar10', '--data', places, '-o', page, '--json');
    const { pictures, perClass, shown, differences } = JSON.parse(out);
    assert.deepEqual([pictures, perClass[1], shown], [1, 1, ['test_batch.bin/0']]);
    assert.match(differences[0], /^Expected 10000 pictures in the test split of CIFAR-10, got 1\.$/);
    assert.match(readFileSync(page, 'utf8'), /automobile\ntest_batch\.bin\/0/);

    const captioned: Benchmark = {
      ...tiny.benchmark,
      id: 'tiny_captions',
      task: 'retrieval',
      async *read() {
        yield { key: 'a.png', image: await plainPicture(9), texts: ['a "dark" square', 'a square'] };
        yield { key: 'b.png', image: Buffer.from('no picture'), texts: ['a square'] };
      },
    };
    (BENCHMARKS as Benchmark[]).push(captioned);
    try {
      const text = (await data('preview', 'tiny_captions', '--data', places, '-o', page)).out;
      assert.match(text, /2 pictures with 3 captions\./);
      assert.match(text, /\nThe picture of sample "b\.png" cannot be decoded .+\n/);
      const html = readFileSync(page, 'utf8');
      assert.match(html, /a &quot;dark&quot; square\na square\na\.png/);
      assert.match(html, /<dt>Damaged<\/dt><dd>The picture of sample &quot;b\.png&quot; cannot be decoded/);
      assert.equal(html.match(/src="data:image\/webp/g)?.length, 1);
    } finally {
      (BENCHMARKS as Benchmark[]).pop();
    }
  });

  it('shows pictures of one’s own', async () => {
    for (const [name, red] of Object.entries({ 'cats/1.png': 9, 'cats/2.png': 90, 'dogs/1.png': 200 })) {
      mkdirSync(join(places, 'own', dirname(name)), { recursive: true });
      writeFileSync(join(places, 'own', name), await plainPicture(red));
    }
    const page = join(places, 'page.html');
    const { out } = await data('preview', join(places, 'own'), '-o', page);
    assert.match(out, /^own, all: 3 pictures in 2 classes of 1 to 2\.\n/);
    assert.match(readFileSync(page, 'utf8'), /<dt>Pictures<\/dt><dd>3<\/dd>[\s\S]+<dt>cats<\/dt><dd>2<\/dd>/);
  });

  it('refuses names and splits that are none', async () => {
    await assert.rejects(
      data('preview', 'cifar1'),
      /There is no benchmark "cifar1"; did you mean "cifar10"\?/,
    );
    await assert.rejects(
      data('fetch', 'cifar10', '--split', 'val', '--data', places),
      /CIFAR-10 has no split "val"; it has/,
    );
    await assert.rejects(data('fetch', 'ViT-B-32'), /Expected a tag of ViT-B-32/);
  });
});
