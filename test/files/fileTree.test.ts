import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { openTree, readNamed, treeOf } from '../../src/files/fileTree';
import { publish, unpack } from '../benchmarks/archives';
import { collect, tarOf, temporaryFolder } from '../data/fixtures';
import { type ZipEntry, zipOf } from './zip';

describe('openTree', () => {
  const folder = temporaryFolder();
  const members = { 'set/a.txt': 'alpha', 'set/b/c.txt': 'gamma', 'set/b.txt': 'beta' };
  const path = (name: string) => join(folder, name);
  const contents = async (place: string) => {
    const found: Record<string, string> = {};
    for await (const { name, content } of openTree(place).files()) found[name] = (await content()).toString();
    return found;
  };

  before(async () => {
    for (const name of ['set.tar', 'set.tar.gz', 'set.zip']) await publish(folder, name, members);
    unpack(path('unpacked'), members);
  });

  for (const name of ['set.tar', 'set.tar.gz', 'set.zip', 'unpacked']) {
    it(`finds the same files in ${name}`, async () => {
      assert.deepEqual(await contents(path(name)), members);
    });
  }

  it('goes by what an archive is, not by its name', async () => {
    writeFileSync(path('plain.tar.gz'), await tarOf(members));
    writeFileSync(path('zipped.tar'), gzipSync(await tarOf(members)));
    assert.deepEqual(await contents(path('plain.tar.gz')), members);
    assert.deepEqual(await contents(path('zipped.tar')), members);
  });

  it('follows links in a folder, and gives paths there', async () => {
    symlinkSync(path('unpacked/set'), path('link'));
    unpack(path('linked'), { 'x.txt': 'x' });
    symlinkSync(path('unpacked/set'), path('linked/set'));
    const files = await collect(openTree(path('linked')).files());
    assert.deepEqual(
      files.map((file) => [file.name, file.path]),
      ['set/a.txt', 'set/b/c.txt', 'set/b.txt', 'x.txt'].map((name) => [name, path(`linked/${name}`)]),
    );
  });

  it('opens an archive inside an archive', async () => {
    const inner = gzipSync(await tarOf({ 'in.txt': 'inside' }));
    await publish(folder, 'outer.zip', { 'deep/inner.tar.gz': inner });
    const outer = await readNamed(openTree(path('outer.zip')), ['inner.tar.gz']);
    const { 'in.txt': text } = await readNamed(treeOf(outer['inner.tar.gz'], 'inner.tar.gz'), ['in.txt']);
    assert.equal(text.toString(), 'inside');
  });

  it('says which file is not there, and where an archive is damaged', async () => {
    await assert.rejects(
      readNamed(openTree(path('set.zip')), ['a.txt', 'z.txt']),
      /Expected a file "z\.txt" in ".*set\.zip", but there is none/,
    );
    const whole = await tarOf(members);
    writeFileSync(path('cut.tar'), whole.subarray(0, 1100));
    await assert.rejects(
      contents(path('cut.tar')),
      /"\S*cut\.tar" ends early or is damaged near "set\/a\.txt"/,
    );
    writeFileSync(path('cut.zip'), Buffer.from('PK\x03\x04 and nothing more'));
    await assert.rejects(contents(path('cut.zip')), /"\S*cut\.zip" ends early or is damaged near its start/);
    assert.throws(() => openTree(path('none.tar')), /Expected a folder or an archive at/);
  });

  it('leaves bombs before they fill the memory, and names that climb out', async () => {
    const bomb = deflateRawSync(Buffer.alloc(10 * 2 ** 20));
    const hostile: [ZipEntry, RegExp][] = [
      [
        { name: 'a', bytes: bomb, claims: { method: 8, size: 2 ** 31 } },
        /"a" \(it has 2147483648 bytes, more than 1073741824\)/,
      ],
      [
        { name: 'a', bytes: bomb, claims: { method: 8, size: 100 } },
        /too many bytes in the stream\. expected 100/,
      ],
      [{ name: '../a', bytes: bomb }, /invalid relative path: \.\.\/a/],
      [{ name: '/etc/a', bytes: bomb }, /absolute path: \/etc\/a/],
    ];
    for (const [entry, message] of hostile) {
      writeFileSync(path('bomb.zip'), zipOf([entry]));
      await assert.rejects(contents(path('bomb.zip')), message);
    }
  });
});
