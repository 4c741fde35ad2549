import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTensorBoardWriter } from '../../src/training/tensorboard';
import { crc32c } from '../../src/training/tfRecord';

describe('createTensorBoardWriter', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clipbook-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("writes the same bytes as TensorBoard's own writer", () => {
    const writer = createTensorBoardWriter(join(folder, 'tensorboard'), {
      firstStep: 7,
      now: () => 1700000000.25,
    });
    writer.scalars(0, { loss: 0 });
    writer.scalars(7, { loss: 2.5, 'train/logit scale': 14.285714149475098 });
    writer.scalars(300, { loss: 1e-8 });
    writer.scalars(2 ** 40, { Güte: -1 });
    writer.close();
    assert.match(writer.path, /events\.out\.tfevents\.1700000000\./);
    assert.deepEqual(readFileSync(writer.path), readFileSync(join(__dirname, '../golden/events.tfevents')));
  });

  it('starts a new file each time, with no session event for a new run', () => {
    const [first, second] = [createTensorBoardWriter(folder), createTensorBoardWriter(folder)];
    first.close();
    second.close();
    assert.equal(readdirSync(folder).length, 2);
    assert.equal(readFileSync(first.path).length, 40);
  });
});

describe('crc32c', () => {
  it('gives the known answers of RFC 3720', () => {
    assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
    assert.equal(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
    assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  });
});
