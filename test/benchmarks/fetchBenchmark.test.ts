import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FetchBenchmarkOptions, fetchBenchmark } from '../../src/benchmarks';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { type FileServer, serveFile, type Treatment } from '../files/fileServer';
import { unpack } from './archives';
import { sumOf, type TinySet, tinySet } from './tinySet';

describe('fetchBenchmark', () => {
  const root = temporaryFolder();
  let server: FileServer;
  let tiny: TinySet;
  let options: FetchBenchmarkOptions;
  let folder: string;
  let count = 0;
  before(async () => {
    server = await serveFile(Buffer.alloc(0));
    tiny = await tinySet();
  });
  after(() => server.close());
  beforeEach(() => {
    const data = join(root, String(count++));
    folder = join(data, 'tiny_set');
    options = { data, mirror: server.url, firstWait: 1, patience: 200 };
  });
  const archive = (more: Treatment = {}) => ({ body: tiny.contents['tiny.tar.gz'], ...more });
  const labels = (more: Treatment = {}) => ({ body: tiny.contents['labels.txt'], ...more });
  const place = (...names: string[]) => {
    mkdirSync(folder, { recursive: true });
    for (const name of names) writeFileSync(join(folder, name), tiny.contents[name]);
  };
  const told = (files: { name: string; isNew: boolean }[]) => files.map(({ name, isNew }) => [name, isNew]);

  it('fetches what a split needs, over a connection that dies, proven by MD5 and SHA-256', async () => {
    server.next(archive({ stallAfter: 100 }), archive(), labels());
    const { files, lacking, ...rest } = await fetchBenchmark(tiny.benchmark, { ...options, split: 'test' });
    assert.deepEqual([rest.folder, lacking], [folder, []]);
    assert.deepEqual(told(files), [
      ['tiny.tar.gz', true],
      ['labels.txt', true],
    ]);
    assert.equal(files[0].sha256, sumOf(tiny.contents['tiny.tar.gz'], 'sha256'));
    assert.ok(readFileSync(join(folder, 'tiny.tar.gz')).equals(tiny.contents['tiny.tar.gz']));
    assert.deepEqual(
      server.requests.map(({ url, headers }) => [url, headers.range]),
      [
        ['/tiny/tiny.tar.gz', undefined],
        ['/tiny/tiny.tar.gz', 'bytes=100-'],
        ['/tiny/labels.txt', undefined],
      ],
    );
    server.next();
    const again = await fetchBenchmark(tiny.benchmark, { ...options, split: 'test' });
    assert.deepEqual(
      told(again.files),
      told(files).map(([name]) => [name, false]),
    );
    assert.equal(server.requests.length, 0);
  });

  it('says where to get and put a file that no program may fetch, or that is not there, and fetches the rest', async () => {
    server.next({ status: 404 }, labels());
    const { files, lacking } = await fetchBenchmark(tiny.benchmark, options);
    assert.deepEqual(told(files), [['labels.txt', true]]);
    assert.match(
      lacking[0],
      /^There is no file of Tiny <Set> named "tiny\.tar\.gz" in ".+tiny_set"\. There is no file at http:\S+ \(404\)\. Get https:\/\/data\.example\.org\/tiny\/tiny\.tar\.gz in a browser .+ save it as ".+tiny_set\/tiny\.tar\.gz"/,
    );
    assert.equal(
      lacking[1],
      `There is no file of Tiny <Set> named "train.tar" in "${folder}". No program can, or may, fetch it. Get the file behind ` +
        `https://data.example.org/register in a browser or on another machine and save it as "${join(folder, 'train.tar')}".`,
    );
    const closed = await fetchBenchmark(tiny.benchmark, { ...options, offline: true });
    assert.deepEqual([closed.files.length, closed.lacking.length], [1, 2]);
    assert.match(closed.lacking[0], /CLIPBOOK_OFFLINE forbids to fetch it/);
  });

  it('takes what a person placed, and leaves alone what is unpacked', async () => {
    place('train.tar', 'labels.txt');
    unpack(folder, { 'tiny/0.png': await plainPicture(1) });
    server.next();
    const { files, lacking } = await fetchBenchmark(tiny.benchmark, options);
    assert.deepEqual(lacking, []);
    assert.deepEqual(
      files.map(({ name, bytes }) => [name, bytes]),
      [
        ['tiny.tar.gz', undefined],
        ['labels.txt', tiny.contents['labels.txt'].length],
        ['train.tar', tiny.contents['train.tar'].length],
      ],
    );
    assert.equal(server.requests.length, 0);
  });

  it('refuses wrong files, fetched or placed', async () => {
    const other = Buffer.alloc(tiny.contents['tiny.tar.gz'].length, 'x');
    server.next({ body: other });
    await assert.rejects(fetchBenchmark(tiny.benchmark, options), /whose MD5 is [0-9a-f]{32}, where/);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'tiny.tar.gz'), other);
    await assert.rejects(
      fetchBenchmark(tiny.benchmark, options),
      /is not the file that was expected: its MD5/,
    );
  });

  it('asks for room for all files before the first', async () => {
    const files = tiny.benchmark.files.map((file) => ({ ...file, bytes: 6e17 }));
    server.next();
    await assert.rejects(
      fetchBenchmark({ ...tiny.benchmark, files }, options),
      /^DownloadError: There is no room for ".+tiny_set": 1200000000\.0 GB are to come, and its disk has .+ left; make room, or/,
    );
    await assert.rejects(
      fetchBenchmark({ ...tiny.benchmark, files: files.slice(2) }, options).then(({ lacking }) => {
        throw new Error(lacking[0]);
      }),
      /No program can, or may, fetch it/,
    );
    assert.equal(server.requests.length, 0);
  });

  it('refuses a split that is none', async () => {
    await assert.rejects(fetchBenchmark(tiny.benchmark, { ...options, split: 'val' }), /has no split "val"/);
  });
});
