import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, type Random } from '../../src/engine/random';
import { openSafetensors, openTorch, openWeights, type WeightsFile } from '../../src/files';
import { sourceOf } from '../../src/files/byteSource';
import { openTorchArchive } from '../../src/files/torch/archive';
import { zipOf } from './zip';

const golden = (name: string) => readFileSync(join(__dirname, '../golden', name));
const files = join(__dirname, '../golden/torchFiles');
const MUTATIONS = 2000;

/** How sentences begin about files in memory. */
const GIVEN = /^(the|In the) given bytes/;

/** One to four changes: bytes changed, taken out, doubled, or cut off at the end. */
function mutate(original: Buffer, random: Random): Buffer {
  let bytes = Buffer.from(original);
  for (let i = 1 + random.integer(4); i > 0; i--) {
    const [at, length] = [random.integer(bytes.length), 1 + random.integer(8)];
    const kind = random.integer(8);
    if (kind < 4) bytes[at] = kind < 2 ? random.integer(256) : random.pick([0, 1, 0x7f, 0x80, 0xff]);
    else if (kind === 4) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    else if (kind === 5) bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    else if (kind === 6) bytes.subarray(at, at + length).fill(0xff);
    else if (random.integer(4) === 0) bytes = bytes.subarray(0, at + 1);
  }
  return bytes;
}

/** An archive with this pickle, and for every key more values than are asked for. */
function withStorages(pickle: Buffer): Buffer {
  const storages = Array.from({ length: 50 }, (_, key) => ({ name: `a/data/${key}`, bytes: 8192 }));
  return zipOf([{ name: 'a/data.pkl', bytes: pickle }, ...storages]);
}

/** Reads everything, or fails with a sentence about this file. */
async function readOrRefuse(open: () => Promise<WeightsFile>, label: RegExp): Promise<'read' | 'refused'> {
  let file: WeightsFile | undefined;
  try {
    file = await open();
    for (const name of file.tensors.keys()) file.read(name);
    return 'read';
  } catch (error) {
    const { name, message } = error as Error;
    assert.ok(name === 'Error' && label.test(message) && message.length < 2000, (error as Error).stack);
    return 'refused';
  } finally {
    file?.close();
  }
}

describe('mutated files of weights', function () {
  this.timeout(180_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'clipbook-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Opens mutations, each of which is read or refused, and both happen; memory stays where it is. */
  async function fuzz(name: string, open: (bytes: Buffer) => Promise<'read' | 'refused'>, original: Buffer) {
    const random = createRandom(name);
    const before = process.memoryUsage().rss;
    const counts = { read: 0, refused: 0 };
    for (let i = 0; i < MUTATIONS; i++) counts[await open(mutate(original, random))]++;
    assert.ok(counts.read > 0 && counts.refused > 0, JSON.stringify(counts));
    assert.ok(process.memoryUsage().rss - before < 2 ** 29);
  }

  it('safetensors are read or refused in a sentence', async () => {
    const open = (bytes: Buffer) => readOrRefuse(async () => openSafetensors(bytes), GIVEN);
    await fuzz('safetensors', open, golden('formats.safetensors'));
  });

  it('an index is read or refused in a sentence', async () => {
    for (const name of readdirSync(files).filter((file) => /^sharded-/.test(file))) {
      copyFileSync(join(files, name), join(folder, name));
    }
    const path = join(folder, 'mutated.json');
    const open = (bytes: Buffer) => {
      writeFileSync(path, bytes);
      return readOrRefuse(() => openWeights(path), /"/);
    };
    await fuzz('index', open, golden('torchFiles/sharded.safetensors.index.json'));
  });

  for (const name of ['layouts.pt', 'checkpoint.pt', 'protocol2.pt', 'protocol4.pt', 'script.pt']) {
    it(`${name} is read or refused in a sentence`, async () => {
      const open = (bytes: Buffer) => readOrRefuse(() => openTorch(bytes), GIVEN);
      await fuzz(name, open, golden(`torchFiles/${name}`));
    });

    // Most mutations of an archive hit its frame or its values; here each hits the pickle.
    it(`the pickle of ${name} is read or refused in a sentence`, async () => {
      const source = sourceOf(golden(`torchFiles/${name}`));
      const { pickle } = await openTorchArchive(source);
      const open = (bytes: Buffer) => readOrRefuse(() => openTorch(withStorages(bytes)), GIVEN);
      await fuzz(`pickle of ${name}`, open, Buffer.from(source.read(pickle.start, pickle.length)));
    });
  }
});
