import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  encodeRecord,
  indexLine,
  RECORD_MAGIC,
  type RecordDamage,
  readIndex,
  readRecords,
} from '../../src/files';
import { collect, temporaryFolder } from '../data/fixtures';

/** Written by MXNet 1.9.1's own library; see recordIO.py. */
const golden = (ending: string) => join(__dirname, `../golden/recordIO.${ending}`);
const { payloads: hex } = JSON.parse(readFileSync(golden('json'), 'utf8')) as { payloads: string[] };
const payloads = hex.map((payload) => Buffer.from(payload, 'hex'));

describe('RecordIO against MXNet', () => {
  it('writes the same records and the same index, byte for byte', () => {
    const records = payloads.map((payload) => Buffer.concat(encodeRecord(payload)));
    assert.deepEqual(Buffer.concat(records), readFileSync(golden('rec')));
    let offset = 0;
    const lines = records.map((record, i) => {
      const line = indexLine({ key: String(10 * i), offset });
      offset += record.length;
      return line;
    });
    assert.equal(lines.join(''), readFileSync(golden('idx'), 'utf8'));
  });

  it('reads what MXNet wrote, at the places the index names', async () => {
    const records = await collect(readRecords(golden('rec')));
    assert.deepEqual(
      records.map(({ payload }) => payload),
      payloads,
    );
    const entries = await collect(readIndex(golden('idx')));
    assert.deepEqual(
      records.map(({ offset }) => offset),
      entries.map(({ offset }) => offset),
    );
  });

  it('refuses a payload whose length does not fit the head', () => {
    assert.throws(() => encodeRecord({ length: 2 ** 29 } as Buffer), /at most 536870911 bytes/);
  });
});

describe('readRecords, on damage', () => {
  const folder = temporaryFolder();
  const whole = [...Array(5).keys()].map((i) => Buffer.alloc(21 + 7 * i, `${i}`));
  const offsets: number[] = [];
  const file = (() => {
    const chunks = whole.map((payload) => Buffer.concat(encodeRecord(payload)));
    chunks.reduce((offset, chunk) => {
      offsets.push(offset);
      return offset + chunk.length;
    }, 0);
    return Buffer.concat(chunks);
  })();

  /** Which records survive, by number, and what is reported. */
  async function survivors(bytes: Buffer, index?: string) {
    const path = join(folder, 'x.rec');
    writeFileSync(path, bytes);
    const damage: RecordDamage[] = [];
    const records = await collect(readRecords(path, { onDamage: (found) => damage.push(found), index }));
    const kept = records.map(({ payload }) => whole.findIndex((own) => own.equals(payload)));
    return { kept, damage: damage.map(({ offset, reason }) => [offset, reason]) };
  }

  const changed = (change: (bytes: Buffer) => void) => {
    const bytes = Buffer.from(file);
    change(bytes);
    return bytes;
  };

  it('passes over a record whose magic is wrong, and over nothing else', async () => {
    const bytes = changed((copy) => copy.writeUInt8(0, offsets[2] + 1));
    assert.deepEqual(await survivors(bytes), {
      kept: [0, 1, 3, 4],
      damage: [[offsets[2], 'its head is damaged']],
    });
  });

  it('passes over records whose length is too long or too short', async () => {
    const long = changed((copy) => copy.writeUInt32LE(200, offsets[1] + 4));
    const reason = `it needs ${offsets[1] + 208 - file.length} bytes more than there are`;
    assert.deepEqual(await survivors(long), { kept: [0, 2, 3, 4], damage: [[offsets[1], reason]] });
    const short = changed((copy) => copy.writeUInt32LE(8, offsets[1] + 4));
    assert.deepEqual(await survivors(short), {
      kept: [0, 2, 3, 4],
      damage: [[offsets[1], 'its length or the head after it is damaged']],
    });
    const exact = changed((copy) =>
      copy.writeUInt32LE(offsets[3] - offsets[1] - RECORD_MAGIC.length * 2, offsets[1] + 4),
    );
    assert.deepEqual(await survivors(exact), {
      kept: [0, 2, 3, 4],
      damage: [[offsets[1], 'its length reaches over the next record']],
    });
  });

  it('keeps the record before an unreadable head if the index says that it ends there', async () => {
    const bytes = changed((copy) => copy.fill(0xff, offsets[2], offsets[2] + 8));
    assert.deepEqual((await survivors(bytes)).kept, [0, 3, 4]);
    const index = join(folder, 'x.idx');
    writeFileSync(index, offsets.map((offset, i) => indexLine({ key: `${i}`, offset })).join(''));
    assert.deepEqual(await survivors(bytes, index), {
      kept: [0, 1, 3, 4],
      damage: [[offsets[2], 'its head is damaged']],
    });
  });

  it('goes on after a file that lost bytes, and reports its cut end', async () => {
    const lost = Buffer.concat([file.subarray(0, offsets[1] + 10), file.subarray(offsets[1] + 13)]);
    const { kept, damage } = await survivors(lost);
    assert.deepEqual(kept, [0, 2, 3, 4]);
    assert.deepEqual(damage[0][0], offsets[1]);
    assert.deepEqual(await survivors(file.subarray(0, offsets[4] + 20)), {
      kept: [0, 1, 2, 3],
      damage: [[offsets[4], 'it needs 40 bytes more than there are']],
    });
    assert.deepEqual((await survivors(file.subarray(0, offsets[4] + 3))).kept, [0, 1, 2, 3]);
  });

  it('passes over what is left of a record of several parts', async () => {
    const parts = Buffer.concat(
      encodeRecord(Buffer.concat([Buffer.from('head'), RECORD_MAGIC, Buffer.from('tail')])),
    );
    const before = file.subarray(0, offsets[1]);
    const after = file.subarray(offsets[1]);
    const withoutLast = Buffer.concat([before, parts.subarray(0, 12), after]);
    assert.deepEqual(await survivors(withoutLast), {
      kept: [0, 1, 2, 3, 4],
      damage: [[offsets[1], 'one of its parts is missing']],
    });
    const withoutFirst = Buffer.concat([before, parts.subarray(12), after]);
    assert.deepEqual(await survivors(withoutFirst), {
      kept: [0, 1, 2, 3, 4],
      damage: [[offsets[1], 'it is the rest of a record that was lost']],
    });
  });

  it('throws with the offset where nobody listens', async () => {
    const path = join(folder, 'y.rec');
    writeFileSync(
      path,
      changed((copy) => copy.writeUInt8(0, offsets[2])),
    );
    await assert.rejects(collect(readRecords(path)), new RegExp(`record at byte ${offsets[2]} of`));
  });
});
