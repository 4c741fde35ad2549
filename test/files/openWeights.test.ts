import assert from 'node:assert/strict';
import {
  closeSync,
  copyFileSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  openWeights,
  readSafetensors,
  type StoredTensor,
  storedTensors,
  writeSafetensors,
  writeShardedSafetensors,
} from '../../src/files';
import { pickleOf, tensor, text } from './pickles';
import { writeSparseZip } from './zip';

const golden = (name: string) => join(__dirname, '../golden/torchFiles', name);
const answers = readSafetensors(golden('answers.safetensors'));
const shardNames = [1, 2, 3].map((number) => `sharded-0000${number}-of-00003.safetensors`);

describe('openWeights', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clipbook-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Every tensor of a file. */
  async function readAll(path: string): Promise<Map<string, StoredTensor>> {
    const file = await openWeights(path);
    const tensors = new Map([...file.tensors.keys()].map((name) => [name, file.read(name)]));
    file.close();
    return tensors;
  }

  it('tells the formats by their content', async () => {
    const disguised = join(folder, 'weights.bin');
    for (const name of ['answers.safetensors', 'layouts.pt', 'script.pt']) {
      copyFileSync(golden(name), disguised);
      assert.deepEqual(await readAll(disguised), await readAll(golden(name)));
    }
    assert.deepEqual(await readAll(golden('answers.safetensors')), answers);
  });

  const others: [string, string | Uint8Array, RegExp][] = [
    [
      'an old PyTorch file',
      readFileSync(golden('legacy.pt')),
      /before 1\.6; convert it where you trust it, with python/,
    ],
    [
      'a pointer of Git LFS',
      'version https://git-lfs.github.com/spec/v1\n',
      /a pointer that Git LFS left in place/,
    ],
    ['a web page', '<!DOCTYPE html><html>', /it is a web page; fetch the file itself\./],
    [
      'an empty file',
      '',
      /it is neither safetensors, nor an index of such files, nor a PyTorch archive; check/,
    ],
    ['another file', 'hello, world, how are you', /it is neither safetensors,/],
    ['other JSON', '{"epoch": 3, "name": "run"}', /is no index .+: it is no JSON object with a "weight_map"/],
  ];
  for (const [what, content, message] of others) {
    it(`refuses ${what}`, async () => {
      const path = join(folder, 'file');
      writeFileSync(path, content);
      await assert.rejects(openWeights(path), message);
    });
  }

  it('names what is not there, or no file', async () => {
    await assert.rejects(
      openWeights('/no/model.pt'),
      /The weights file "\/no\/model\.pt" does not exist; check/,
    );
    await assert.rejects(openWeights(folder), /Expected a weights file at ".+", but it is not a file;/);
  });

  it('tells how far it is', async () => {
    const seen: number[][] = [];
    const file = await openWeights(golden('sharded.safetensors.index.json'), {
      onRead: (...figures) => seen.push(figures),
    });
    for (const name of ['a', 'large']) file.read(name);
    file.close();
    assert.deepEqual(seen, [
      [40, 280],
      [200, 280],
    ]);
  });

  describe('of several files', () => {
    const tensors = () =>
      new Map(['b', 'a', 'large', 'c'].map((name) => [name, answers.get(`sharded/${name}`)!]));

    it('reads what huggingface_hub wrote', async () => {
      const found = await readAll(golden('sharded.safetensors.index.json'));
      assert.deepEqual([...found].sort(), [...tensors()].sort());
    });

    it('writes the same files, byte for byte', () => {
      const index = writeShardedSafetensors(join(folder, 'sharded'), tensors(), 100, { format: 'pt' });
      assert.equal(index, join(folder, 'sharded.safetensors.index.json'));
      assert.deepEqual(readdirSync(folder).sort(), [...shardNames, 'sharded.safetensors.index.json']);
      for (const name of readdirSync(folder)) {
        assert.deepEqual(readFileSync(join(folder, name)), readFileSync(golden(name)), name);
      }
    });

    it('writes one file where everything fits it', async () => {
      const path = writeShardedSafetensors(join(folder, 'model'), tensors(), 1000);
      assert.deepEqual(readdirSync(folder), ['model.safetensors']);
      assert.deepEqual((await readAll(path)).get('large'), tensors().get('large'));
    });

    const index = (places: unknown) =>
      writeFileSync(join(folder, 'i.json'), JSON.stringify({ weight_map: places }));
    const refused = (message: RegExp) => assert.rejects(openWeights(join(folder, 'i.json')), message);

    it('refuses an index that does not fit the files', async () => {
      for (const name of shardNames) copyFileSync(golden(name), join(folder, name));
      index({ large: shardNames[0], c: shardNames[0] });
      await refused(/is no index of the weights beside it: "sharded-00001.+" lacks tensor "c"; fetch all/);
      index({ a: shardNames[1] });
      await refused(/"sharded-00002.+" holds tensor "b", which is not placed there/);
      index({ a: 'other.safetensors' });
      await refused(/other\.safetensors" does not exist/);
      index([]);
      await refused(/it is no JSON object with a "weight_map"/);
      writeFileSync(join(folder, 'i.json'), '{"weight_map": ');
      await refused(/it is no JSON object with a "weight_map"/);
    });

    for (const place of ['../a.safetensors', '/etc/passwd', 'b/a', 'b\\a', '..', '', 3, null]) {
      it(`refuses a file at ${JSON.stringify(place)}`, async () => {
        index({ a: place });
        await refused(/it places tensor "a" in .+, no file beside it/);
      });
    }

    it('refuses an index that names itself', async () => {
      index({ a: 'i.json' });
      await refused(/i\.json" holds no weights that can be read here: it is neither/);
    });
  });

  describe('of several GB', () => {
    const large = 5 * 2 ** 30;

    it('reads a tensor far behind in a safetensors file', async () => {
      const path = join(folder, 'large.safetensors');
      const header = JSON.stringify({
        large: { dtype: 'F32', shape: [large / 4], data_offsets: [0, large] },
        small: { dtype: 'F32', shape: [2], data_offsets: [large, large + 8] },
      });
      const head = Buffer.alloc(8);
      head.writeBigUInt64LE(BigInt(header.length));
      sparse(path, Buffer.concat([head, Buffer.from(header)]), large, Float32Array.of(1, 2));
      const before = process.memoryUsage().arrayBuffers;
      const file = await openWeights(path);
      assert.deepEqual([...file.read('small').data], [1, 2]);
      assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 20);
      file.close();
    });

    it('reads the end of a storage, and one behind it, in a zip64 archive', async () => {
      const path = join(folder, 'large.pt');
      const count = large / 4;
      const end = tensor({ shape: [2], offset: count - 2, count, key: 'first' });
      const items = ['(', text('end'), end, text('behind'), tensor({ key: 'second' }), 'u'];
      writeSparseZip(path, [
        { name: 'a/data/first', bytes: large },
        { name: 'a/data/second', bytes: new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer) },
        { name: 'a/data.pkl', bytes: pickleOf('}', ...items) },
      ]);
      const descriptor = openSync(path, 'r+');
      const values = new Uint8Array(Float32Array.of(5, 6).buffer);
      writeSync(descriptor, values, 0, 8, 30 + 'a/data/first'.length + large - 8);
      closeSync(descriptor);
      const found = await readAll(path);
      assert.deepEqual([...found.get('end')!.data, ...found.get('behind')!.data], [5, 6, 1, 2, 3, 4]);
    });
  });

  it('copies a file tensor by tensor into another format', async () => {
    const file = await openWeights(golden('layouts.pt'));
    const path = join(folder, 'copy.safetensors');
    writeSafetensors(path, storedTensors(file));
    assert.deepEqual(
      await readAll(path),
      new Map([...(await readAll(golden('layouts.pt')))].sort(byCopy(path))),
    );
    file.close();
  });

  /** The order of a safetensors file. */
  function byCopy(path: string) {
    const order = [...readSafetensors(path).keys()];
    return ([a]: [string, unknown], [b]: [string, unknown]) => order.indexOf(a) - order.indexOf(b);
  }

  function sparse(path: string, head: Uint8Array, hole: number, tail: Float32Array): void {
    const descriptor = openSync(path, 'w');
    writeSync(descriptor, head);
    ftruncateSync(descriptor, head.length + hole);
    writeSync(descriptor, new Uint8Array(tail.buffer), 0, tail.byteLength, head.length + hole);
    closeSync(descriptor);
  }
});
