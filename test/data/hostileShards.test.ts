import assert from 'node:assert/strict';
import { rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { BadInputCounter } from '../../src/data';
import { packPair } from '../../src/data/pairRecord';
import { readRecordIO } from '../../src/data/recordIO';
import { readTarShard, readWebDataset } from '../../src/data/webdataset';
import { createRandom } from '../../src/engine/random';
import { encodeRecord } from '../../src/files';
import { createTokenizer } from '../../src/text';
import { collect, plainPicture, tarOf, temporaryFolder, wholeSamples, writeShard } from './fixtures';

const counting = () => new BadInputCounter({ limitFraction: 1 });

/** What became of the bad samples, in one line each. */
const told = (counter: BadInputCounter) =>
  counter.summary().kinds.map(({ kind, count, firstMessage }) => `${count} ${kind}: ${firstMessage}`);

/** A tar archive whose first header is changed, with the checksum that belongs to it. */
function withHeader(archive: Buffer, at: number, bytes: string): Buffer {
  const changed = Buffer.from(archive);
  changed.write(bytes, at, 'latin1');
  changed.fill(' ', 148, 156);
  const sum = changed.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return changed;
}

const [SIZE, TYPE] = [124, 156];

describe('a shard that is', () => {
  const folder = temporaryFolder();
  const path = (name: string) => join(folder, name);

  async function read(name: string, bytes: Buffer, options = {}) {
    writeFileSync(path(name), bytes);
    const counter = counting();
    const samples = await collect(readTarShard(path(name), { counter, ...options }));
    return { keys: samples.map(({ key }) => key), told: told(counter) };
  }

  it('garbage is counted, and the others are read', async () => {
    const random = createRandom(3);
    const garbage = Buffer.from(Array.from({ length: 5000 }, () => random.integer(256)));
    writeFileSync(path('g-0.tar'), garbage);
    writeFileSync(path('g-1.tar'), Buffer.concat([Buffer.from([0x1f, 0x8b]), garbage]));
    writeFileSync(path('g-2.tar'), Buffer.alloc(0));
    await writeShard(path('g-3.tar'), await wholeSamples(0, 2));
    const counter = counting();
    const samples = await collect(readWebDataset(path('g-{0..3}.tar'), { counter }));
    assert.equal(samples.length, 2);
    assert.match(
      told(counter)[0],
      /^3 truncated-shard: The shard ".*g-0\.tar" ends early or is damaged at its start/,
    );
  });

  it('cut or removed while it is read is counted, with what came before', async () => {
    const members = await wholeSamples(0, 3);
    const padding = Buffer.alloc(2 ** 20);
    await writeShard(path('cut.tar'), {
      ...members,
      '100.bin': padding,
      '101.bin': padding,
      '102.bin': padding,
    });
    const counter = counting();
    const keys: string[] = [];
    for await (const { key } of readTarShard(path('cut.tar'), { counter })) {
      if (keys.push(key) === 1) truncateSync(path('cut.tar'), statSync(path('cut.tar')).size - 2 ** 20);
    }
    assert.deepEqual(keys, ['000', '001', '002']);
    assert.match(told(counter).join(), /1 truncated-shard: The shard ".*cut\.tar" ends early/);
    rmSync(path('cut.tar'));
    await collect(readTarShard(path('cut.tar'), { counter }));
    assert.match(told(counter).join(), /1 missing-file: The shard ".*cut\.tar" does not exist\./);
  });

  it('full of links and names that climb out leads nowhere', async () => {
    const archive = pack();
    archive.entry({ name: 'passwd.png', type: 'symlink', linkname: '/etc/passwd' });
    archive.entry({ name: 'hard.png', type: 'link', linkname: '../../etc/passwd' });
    archive.entry({ name: 'device.png', type: 'character-device' });
    archive.entry({ name: '../../up.png' }, await plainPicture(1));
    archive.entry({ name: '/etc/absolute.png' }, await plainPicture(2));
    archive.finalize();
    const { keys, told: bad } = await read('links.tar', Buffer.concat((await collect(archive)) as Buffer[]));
    assert.deepEqual([keys, bad], [['../../up', '/etc/absolute'], []]); // names only: `convert` refuses them
  });

  it('a bomb is left, before the memory is full', async () => {
    const member = await tarOf({ 'a.txt': Buffer.alloc(512) });
    const huge = gzipSync(withHeader(member, SIZE, '77777777777 '));
    assert.match(
      (await read('huge.tar.gz', huge)).told[0],
      /"a\.txt" has 8589934591 bytes, more than 268435456/,
    );
    const zeros = gzipSync(await tarOf({ 'a.txt': Buffer.alloc(2e6), 'a.cls': Buffer.alloc(2e6) }));
    assert.ok(zeros.length < 10_000);
    const { told: bad } = await read('zeros.tar.gz', zeros, { largestSample: 3e6 });
    assert.match(bad[0], /damaged at sample "a" \(its members have more than 3000000 bytes\)/);
  });

  // tar-stream waits for ever for a folder's content, and for the end of what has no size.
  it('of sizes that are none does not stop the reading', async () => {
    const member = await tarOf({ 'a.txt': 'alpha', 'b.png': await plainPicture(1) });
    const sizeless = await read('sizeless.tar', withHeader(member, SIZE, '\xeb0000000005 '));
    assert.match(sizeless.told[0], /the size of "a\.txt" is no number/);
    const sizedFolder = await read('folder.tar', withHeader(member, TYPE, '5'));
    assert.match(sizedFolder.told[0], /ends early or is damaged/);
    const emptyFolder = withHeader(withHeader(member, TYPE, '5'), SIZE, '00000000000 ');
    assert.deepEqual(
      (await read('empty.tar', Buffer.concat([emptyFolder.subarray(0, 512), emptyFolder.subarray(1024)])))
        .keys,
      ['b'],
    );
  });
});

describe('a RecordIO file that is', () => {
  const folder = temporaryFolder();
  const tokenizer = createTokenizer();
  const record = (id: number) =>
    Buffer.concat(encodeRecord(packPair(['a cat', 'a dog'], Buffer.alloc(2 ** 20, id + 1), id, tokenizer)));

  it('cut while it is read is counted, with what came before', async () => {
    const path = join(folder, 'cut.rec');
    writeFileSync(path, Buffer.concat([0, 1, 2, 3, 4].map(record)));
    const counter = counting();
    const sizes: number[] = [];
    for await (const { image } of readRecordIO(path, { tokenizer, counter })) {
      if (sizes.push(image.length) === 1) truncateSync(path, 2.5 * 2 ** 20);
    }
    assert.ok(sizes.length < 5 && sizes.every((size) => size === 2 ** 20), `${sizes}`);
    assert.match(
      told(counter).join(),
      /1 truncated-shard: The file ".*cut\.rec" cannot be read any more after the record at byte \d+ \(it became shorter while it was being read\)\./,
    );
  });

  it('garbage is counted', async () => {
    const path = join(folder, 'garbage.rec');
    writeFileSync(path, Buffer.alloc(5000, 'no records '));
    const counter = counting();
    assert.deepEqual(await collect(readRecordIO(path, { tokenizer, counter })), []);
    assert.match(
      told(counter)[0],
      /^1 damaged-record: The record at byte 0 of ".*garbage\.rec" cannot be read/,
    );
  });
});
