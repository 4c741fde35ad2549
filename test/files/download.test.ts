import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type DownloadOptions, download } from '../../src/files/download';
import { temporaryFolder } from '../data/fixtures';
import { type FileServer, serveFile } from './fileServer';

const content = Buffer.alloc(300_000, 'weights, and so on; ');
const sumOf = (bytes: Buffer, hash = 'sha256') => createHash(hash).update(bytes).digest('hex');
const sha256 = sumOf(content);
const md5 = sumOf(content, 'md5');
const other = Buffer.alloc(300_000, 'something else, as long; ');

describe('download', () => {
  const root = temporaryFolder();
  let server: FileServer;
  let notes: string[];
  let options: DownloadOptions;
  let count = 0;
  before(async () => {
    server = await serveFile(content);
  });
  after(() => server.close());
  beforeEach(() => {
    notes = [];
    const url = `${server.url}/weights.pt`;
    const target = join(root, String(count++), 'weights.pt');
    options = { url, target, firstWait: 1, onNote: (note) => notes.push(note) };
    server.next();
  });
  const ranges = () => server.requests.map(({ headers }) => headers.range);
  const files = () => readdirSync(join(options.target, '..')).sort();
  const arrives = async (more: Partial<DownloadOptions> = {}) => {
    const got = await download({ ...options, ...more });
    assert.deepEqual(got, { path: options.target, bytes: content.length, sha256, isNew: true });
    assert.ok(readFileSync(options.target).equals(content));
    assert.deepEqual(files(), ['weights.pt', 'weights.pt.json']);
  };
  const fails = (flaw: string, message: RegExp, more: Partial<DownloadOptions> = {}) =>
    assert.rejects(download({ ...options, ...more }), { name: 'DownloadError', flaw, message });

  it('brings a file, tells how far it is, and leaves nothing else but what it remembers', async () => {
    const told: [number, number | undefined][] = [];
    await arrives({ sha256, onProgress: (bytes, total) => told.push([bytes, total]) });
    assert.deepEqual(told[0], [0, content.length]);
    assert.deepEqual(told.at(-1), [content.length, content.length]);
    assert.deepEqual(notes, []);
    assert.equal(server.requests[0].headers['accept-encoding'], 'identity');
  });

  it('uses a file that is there without asking, and reads it only where it was touched', async () => {
    await arrives();
    const again = await download(options);
    assert.deepEqual([again.isNew, again.sha256], [false, sha256]);
    assert.equal(server.requests.length, 1);
    const { mtimeMs } = statSync(options.target);
    const lie = { bytes: content.length, mtimeMs, sha256: 'f'.repeat(64) };
    writeFileSync(`${options.target}.json`, JSON.stringify(lie));
    assert.equal((await download(options)).sha256, lie.sha256);
  });

  it('goes on where a connection was cut, several times if need be', async () => {
    server.next({ cutAfter: 100_000 }, { cutAfter: 50_000 }, { cutAfter: 0 });
    await arrives({ sha256, attempts: 3 });
    assert.equal(server.requests.length, 4);
    assert.equal(ranges()[0], undefined);
    assert.ok(
      ranges()
        .slice(1)
        .every((range) => /^bytes=\d+-$/.test(range ?? '')),
      String(ranges()),
    );
    assert.match(
      notes[0],
      /^weights\.pt: the connection to 127\.0\.0\.1:\d+ broke \(.+\); trying again in 0\.0 s\.$/,
    );
  });

  it('begins anew where the server knows no parts, has no validator, or has another file by now', async () => {
    server.next({ cutAfter: 100_000 }, { ignoresRange: true });
    await arrives();
    assert.ok(ranges()[1]);
    for (const [first, second] of [
      [{ cutAfter: 100_000, etag: null }, {}],
      [{ cutAfter: 100_000, etag: 'W/"weak"' }, {}],
    ]) {
      options.target = join(root, String(count++), 'weights.pt');
      server.next(first, second);
      await arrives();
      assert.deepEqual(ranges(), [undefined, undefined]);
    }
    options.target = join(root, String(count++), 'weights.pt');
    server.next({ cutAfter: 100_000, body: other, etag: '"old"' });
    await arrives();
    assert.equal(server.requests[1].headers['if-range'], '"old"');
  });

  it('resumes by date where there is no strong tag', async () => {
    const date = 'Tue, 03 Nov 2026 10:00:00 GMT';
    server.next({ cutAfter: 100_000, etag: 'W/"weak"', headers: { 'last-modified': date } });
    await arrives();
    assert.equal(server.requests[1].headers['if-range'], date);
  });

  it('takes no part that is another than it asked for', async () => {
    const wrong = { status: 206, headers: { 'content-range': 'bytes 7-20/300000', etag: '"one"' } };
    server.next({ cutAfter: 100_000 }, wrong, {});
    await arrives();
    assert.deepEqual([ranges().length, ranges()[2]], [3, undefined]);
    options.target = join(root, String(count++), 'weights.pt');
    server.next({ cutAfter: 100_000 }, { status: 416 }, {});
    await arrives();
    assert.equal(ranges()[2], undefined);
  });

  it('fetches in one piece what came together wrongly from parts', async () => {
    server.next({ cutAfter: 100_000, body: other });
    await arrives({ sha256 });
    assert.deepEqual([ranges().length, ranges()[2]], [3, undefined]);
    assert.match(notes.at(-1) ?? '', /did not come together rightly/);
  });

  it('waits for a server that is busy, as long as it says', async () => {
    server.next({ status: 503, headers: { 'retry-after': '0' } }, { status: 500 }, { status: 429 });
    await arrives();
    assert.match(notes[0], /answered 503; trying again in 0\.0 s/);
    server.next(...Array(3).fill({ status: 500 }));
    options.target = join(root, String(count++), 'weights.pt');
    await fails('unreachable', /\/weights\.pt cannot be had: 127.+ answered 500, 3 times in a row\.$/, {
      attempts: 3,
    });
  });

  it('says at once what no waiting mends', async () => {
    server.next(
      { status: 404 },
      { status: 403 },
      { status: 418 },
      { headers: { 'content-type': 'text/html' } },
    );
    await fails('missing', /^There is no file at http:.+\/weights\.pt \(404\)\.$/);
    await fails('forbidden', /^127\.0\.0\.1:\d+ does not give http:.+ to everyone \(403\)\.$/);
    await fails('refused', /answered 418 to http/);
    await fails('refused', /answered with a web page where a file was expected/);
    assert.equal(server.requests.length, 4);
    await fails('unreachable', /^The name nowhere\.invalid cannot be resolved \(is there a network\?\)\.$/, {
      url: 'http://nowhere.invalid/weights.pt',
    });
    assert.deepEqual(notes, []);
    assert.deepEqual(files(), []);
  });

  it('copes with a body whose length is not said, or which is packed for the way', async () => {
    server.next({ isChunked: true, cutAfter: 100_000 });
    const totals = new Set<number | undefined>();
    await arrives({ onProgress: (_, total) => totals.add(total) });
    assert.deepEqual([...totals], [undefined]);
    assert.ok(ranges()[1]);
    options.target = join(root, String(count++), 'weights.pt');
    const packed = { body: gzipSync(content), headers: { 'content-encoding': 'gzip' } };
    server.next({ ...packed, cutAfter: 100 }, packed);
    await arrives();
    assert.equal(ranges()[1], undefined);
  });

  it('takes a connection without life for dead', async () => {
    server.next({ stallAfter: 100_000 }, { stallAfter: 0 });
    await arrives({ patience: 150 });
    assert.match(notes[0], /nothing came for 0\.15 s/);
    assert.ok(ranges()[1]);
  });

  it('follows redirects to other hosts, and back for the rest; what is said on the way counts', async () => {
    const elsewhere = await serveFile(content);
    try {
      const to = (sum: string) => ({
        status: 302,
        headers: { location: `${elsewhere.url}/signed?key=1`, 'x-linked-etag': `"${sum}"` },
      });
      server.next(to(sha256), to(sha256));
      elsewhere.next({ cutAfter: 100_000 });
      await arrives();
      assert.equal(elsewhere.requests[1].headers['if-range'], '"one"');
      options.target = join(root, String(count++), 'weights.pt');
      server.next(to('0'.repeat(64)));
      await fails('checksum', /where the server itself says 0{64}; they are deleted/);
      server.next(...Array(20).fill({ status: 301, headers: { location: '/weights.pt' } }));
      await fails('refused', /from one redirect to the next, more than 10 times/);
    } finally {
      elsewhere.close();
    }
  });

  it('deletes a file with a wrong checksum and says both', async () => {
    server.next({ body: other });
    const message = `gave 300000 bytes whose SHA-256 is ${sumOf(other)}, where ${sha256} is published; they are deleted`;
    await fails('checksum', new RegExp(message), { sha256 });
    assert.deepEqual(files(), []);
    await arrives({ sha256: sha256.slice(0, 8).toUpperCase() });
  });

  it('holds a file to its MD5 where nothing else is published, and keeps the proof by SHA-256', async () => {
    server.next({ body: other });
    const message = `gave 300000 bytes whose MD5 is ${sumOf(other, 'md5')}, where ${md5} is published; they are deleted`;
    await fails('checksum', new RegExp(message), { md5 });
    assert.deepEqual(files(), []);
    server.next({ cutAfter: 100_000 });
    await arrives({ md5: md5.slice(0, 8), bytes: content.length });
    assert.ok(ranges()[1]);
    assert.equal(JSON.parse(readFileSync(`${options.target}.json`, 'utf8')).sha256, sha256);
    const known = statSync(`${options.target}.json`).mtimeMs;
    assert.equal((await download({ ...options, md5 })).isNew, false);
    assert.equal(statSync(`${options.target}.json`).mtimeMs, known);
    await fails('checksum', /its MD5 is [0-9a-f]{32}, the publisher's is f{32}/, { md5: 'f'.repeat(32) });
    await fails('checksum', /its SHA-256 is/, { md5, sha256: 'f'.repeat(64) });
  });

  it('computes the MD5 of a file that was proven without', async () => {
    await arrives();
    await fails('checksum', /its MD5 is [0-9a-f]{32}, the publisher's is 0{8}/, { md5: '0'.repeat(8) });
    assert.equal((await download({ ...options, md5 })).sha256, sha256);
  });

  it('fetches nothing that is not of the published size, or for which there is no room', async () => {
    const bytes = content.length + 1;
    await fails('checksum', /has 300000 bytes, where 300001 bytes are published; it is not fetched/, {
      bytes,
    });
    server.next({ isChunked: true });
    await fails('checksum', /gave 300000 bytes, where 300001 bytes are published; they are deleted/, {
      bytes,
    });
    server.next({ isChunked: true });
    const much =
      /^There is no room for ".+weights\.pt": 1000000\.0 GB are to come, and its disk has .+ left; make room/;
    await fails('disk', much, { bytes: 1e15 });
    assert.deepEqual(files(), []);
    await arrives({ bytes: content.length });
    await fails('checksum', /its size is 300000 bytes, the publisher's is 300001 bytes; delete it/, {
      bytes,
    });
  });

  it('holds a file without a published checksum to what it was at first', async () => {
    await arrives();
    writeFileSync(options.target, other);
    await fails(
      'checksum',
      /is not the file that was expected: .+ when it was first here it was .+; delete it to/,
    );
    const proof = readFileSync(`${options.target}.json`);
    options.target = join(root, String(count++), 'weights.pt');
    mkdirSync(join(options.target, '..'));
    writeFileSync(`${options.target}.json`, proof);
    server.next({ body: other });
    await fails(
      'checksum',
      /at the first download; they are deleted\. If the publisher changed the file, delete/,
    );
    await arrives();
  });

  it('does not touch a file that a person placed, right or wrong', async () => {
    mkdirSync(join(options.target, '..'));
    writeFileSync(options.target, content);
    assert.equal((await download({ ...options, sha256 })).isNew, false);
    writeFileSync(options.target, other);
    await fails('checksum', /the publisher's is [0-9a-f]{64}; delete it, and it can be fetched again/, {
      sha256,
    });
    assert.ok(readFileSync(options.target).equals(other));
    assert.equal(server.requests.length, 0);
  });

  it('stops by the signal, and a later call goes on', async () => {
    const controller = new AbortController();
    server.next({ stallAfter: 100_000 });
    const onProgress = (bytes: number) => bytes >= 100_000 && controller.abort();
    const stopped = download({ ...options, signal: controller.signal, onProgress });
    await assert.rejects(stopped, { name: 'RunInterruptedError', message: 'Stopped after 100000 bytes.' });
    assert.deepEqual(files(), ['weights.pt.partial', 'weights.pt.partial.json']);
    await arrives({ sha256 });
    assert.deepEqual(ranges(), [undefined, 'bytes=100000-']);
    const again = { ...options, target: `${options.target}2`, signal: controller.signal };
    await assert.rejects(download(again), { name: 'RunInterruptedError' });
  });

  it('does not ask for what an earlier call had whole, nor go on with what is from elsewhere', async () => {
    mkdirSync(join(options.target, '..'));
    const leave = (address: string, bytes: Buffer) => {
      writeFileSync(`${options.target}.partial`, bytes);
      const origin = { address, validator: '"one"', total: content.length };
      writeFileSync(`${options.target}.partial.json`, JSON.stringify(origin));
    };
    leave(options.url, content);
    await arrives({ sha256 });
    assert.equal(server.requests.length, 0);
    options.target = join(root, String(count++), 'weights.pt');
    mkdirSync(join(options.target, '..'));
    leave('http://elsewhere.example/weights.pt', other.subarray(0, 1000));
    await arrives();
    assert.deepEqual(ranges(), [undefined]);
  });

  it('lets one of two calls fetch, and the other wait for it', async () => {
    const both = await Promise.all([download(options), download(options)]);
    assert.deepEqual(both.map(({ isNew }) => isNew).sort(), [false, true]);
    assert.equal(server.requests.length, 1);
    assert.deepEqual(files(), ['weights.pt', 'weights.pt.json']);
    assert.match(notes.join(), /^Another process fetches ".+weights\.pt"; waiting for it\.$/);
  });

  it('takes over the lock of a process that died', async () => {
    mkdirSync(`${options.target}.lock`, { recursive: true });
    const long = new Date(Date.now() - 60_000);
    utimesSync(`${options.target}.lock`, long, long);
    await arrives();
  });

  it('stops by the signal while another process has the lock', async () => {
    mkdirSync(`${options.target}.lock`, { recursive: true });
    await assert.rejects(download({ ...options, signal: AbortSignal.timeout(30) }), {
      name: 'RunInterruptedError',
      message: 'Stopped while waiting for another process.',
    });
    assert.equal(server.requests.length, 0);
  });

  it('says where a folder may not be written to, and uses what is in it', async function () {
    if (process.getuid?.() === 0) this.skip();
    const folder = join(options.target, '..');
    mkdirSync(folder);
    chmodSync(folder, 0o555);
    await fails(
      'disk',
      /^Cannot write ".+": the folder may not be written to; choose another one with --cache/,
    );
    chmodSync(folder, 0o755);
    writeFileSync(options.target, content);
    chmodSync(folder, 0o555);
    assert.equal((await download({ ...options, sha256 })).isNew, false);
    chmodSync(folder, 0o755);
    assert.deepEqual(files(), ['weights.pt']);
  });

  it('says when the disk is full, and where nothing can be written', async function () {
    if (!existsSync('/dev/full')) this.skip();
    mkdirSync(join(options.target, '..'));
    symlinkSync('/dev/full', `${options.target}.partial`);
    await fails(
      'disk',
      /^Cannot write ".+weights\.pt": the disk is full; make room, and what was written so far is kept\.$/,
    );
    assert.ok(!existsSync(options.target));
    writeFileSync(join(root, 'file'), '');
    await fails('disk', /a part of that path is a file and no folder\.$/, {
      target: join(root, 'file/x/weights.pt'),
    });
  });
});
