import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTorch, readSafetensors, type StoredTensor, storedTensors } from '../../src/files';
import { sourceOf } from '../../src/files/byteSource';
import { openTorchArchive } from '../../src/files/torch/archive';
import { torchWorld } from '../../src/files/torch/torchWorld';
import { unpickle } from '../../src/files/torch/unpickle';
import { archiveOf, called, dictOf, named, pickleOf, tensor, text, torchFileOf, tuple } from './pickles';
import { zipOf } from './zip';

const folder = join(__dirname, '../golden/torchFiles');
const answers = readSafetensors(join(folder, 'answers.safetensors'));

/** What torch says that a file holds. */
function answersOf(file: string): Map<string, StoredTensor> {
  const prefix = `${file}/`;
  const found = [...answers].filter(([name]) => name.startsWith(prefix));
  return new Map(found.map(([name, value]) => [name.slice(prefix.length), value]));
}

async function read(source: string | Uint8Array): Promise<Map<string, StoredTensor>> {
  const file = await openTorch(typeof source === 'string' ? join(folder, source) : source);
  const tensors = new Map([...file.tensors.keys()].map((name) => [name, file.read(name)]));
  file.close();
  return tensors;
}

const byName = (tensors: Map<string, StoredTensor>) =>
  new Map([...tensors].sort(([a], [b]) => (a < b ? -1 : 1)));

/** The values of a pickle by key. */
async function pickled(file: string): Promise<Map<unknown, unknown>> {
  const source = sourceOf(readFileSync(join(folder, file)));
  const { pickle } = await openTorchArchive(source);
  return unpickle(source.read(pickle.start, pickle.length), torchWorld) as Map<unknown, unknown>;
}

describe('openTorch', () => {
  for (const file of ['layouts.pt', 'protocol2.pt', 'protocol5.pt', 'checkpoint.pt', 'script.pt']) {
    it(`reads ${file} as torch does`, async () => {
      assert.deepEqual(byName(await read(file)), byName(answersOf(file)));
    });
  }

  it('gives names, formats and shapes at once, and values whenever they are asked for', async () => {
    const file = await openTorch(join(folder, 'layouts.pt'));
    const { dtype, shape } = file.tensors.get('cube.permuted')!;
    assert.deepEqual([dtype, shape], ['F16', [5, 3, 4]]);
    const [wanted] = storedTensors(file, ['cube.permuted']).values();
    assert.deepEqual(wanted.data, answers.get('layouts.pt/cube.permuted')!.data);
    assert.throws(() => file.read('cube.permute'), /holds no tensor "cube.permute", but "float64",/);
    assert.throws(() => storedTensors(file, ['x']), /holds no tensor "x"/);
    file.close();
  });

  it('reads files in memory', async () => {
    assert.deepEqual(await read(readFileSync(join(folder, 'script.pt'))), await read('script.pt'));
  });

  it('reads zip64 archives', async () => {
    const bytes = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
    const archive = zipOf(archiveOf(pickleOf(dictOf('w', tensor())), bytes), { zip64: true });
    assert.deepEqual([...(await read(archive)).get('w')!.data], [1, 2, 3, 4]);
  });

  it('reads tensors of an untyped storage', async () => {
    const untyped = [text('storage'), named('torch.storage', 'UntypedStorage'), text('0'), text('cpu')];
    const stored = Buffer.concat([tuple(...untyped, Buffer.from('K\x10')), Buffer.from('Q')]);
    const view = [Buffer.from('K\x01'), tuple(Buffer.from('K\x03')), tuple(Buffer.from('K\x01'))];
    const rest = [Buffer.from('N'), Buffer.from('N'), named('torch', 'float32')];
    const whole = called(named('torch._utils', '_rebuild_tensor_v3'), stored, ...view, ...rest);
    const bytes = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
    const tensors = await read(zipOf(archiveOf(pickleOf(dictOf('w', whole)), bytes)));
    assert.deepEqual(tensors.get('w'), { dtype: 'F32', shape: [3], data: Float32Array.of(2, 3, 4) });
  });
});

describe('unpickle', () => {
  for (const protocol of [2, 3, 4, 5]) {
    it(`builds plain containers of protocol ${protocol}`, async () => {
      const found = await pickled(`protocol${protocol}.pt`);
      const large = [2 ** 31, 2 ** 40, -(2n ** 62n), 2n ** 70n];
      const numbers = [0, 1, 255, 256, 65535, 65536, -1, ...large, 0.1, Number.POSITIVE_INFINITY];
      assert.deepEqual(found.get('numbers'), numbers);
      assert.deepEqual(found.get('constants'), [null, true, false]);
      assert.deepEqual(found.get('texts'), ['', 'a'.repeat(300), 'é😀', '\ufefflead']);
      assert.deepEqual(found.get('bytes'), [new Uint8Array(), Uint8Array.of(0, 255), new Uint8Array(300)]);
      assert.deepEqual(found.get('tuples'), [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]);
      const dicts = [...(found.get('dicts') as Map<unknown, unknown>)];
      assert.deepEqual(dicts, [
        ['__proto__', new Map([['a', 1]])],
        [3, new Map([['b', 2]])],
        [[4, 5], new Map()],
      ]);
      assert.deepEqual(found.get('sizes'), [2, 3]);
      assert.equal((found.get('format') as { dtype: string }).dtype, 'BF16');
      assert.equal(found.get('device'), 'cpu');
      assert.equal(found.get('itself'), found);
      assert.deepEqual(found.get('sets'), [new Set([1, 2]), new Set([3])]);
    });
  }
});

describe('stateDictOf', () => {
  const names = async (value: Uint8Array) => [...(await read(torchFileOf(pickleOf(value)))).keys()];
  const module = (name: string, attributes: Uint8Array) =>
    Buffer.concat([
      named('__torch__.any', name),
      Buffer.from(')\x81', 'latin1'),
      attributes,
      Buffer.from('b'),
    ]);

  it('unwraps checkpoints and prefixes', async () => {
    assert.deepEqual(await names(dictOf('state_dict', dictOf('module._orig_mod.module.w', tensor()))), ['w']);
    assert.deepEqual(await names(dictOf('model', dictOf('state_dict', dictOf('w', tensor())))), ['w']);
  });

  it('keeps a prefix that not every name has', async () => {
    const both = Buffer.concat([dictOf('module.a', tensor()), text('b'), tensor(), Buffer.from('s')]);
    assert.deepEqual(await names(both), ['module.a', 'b']);
  });

  it('joins the names of TorchScript modules within modules, also of one named "model"', async () => {
    const inner = module('Inner', dictOf('w', tensor()));
    assert.deepEqual(await names(module('Outer', dictOf('model', inner))), ['model.w']);
  });

  it('leaves out what is no parameter', async () => {
    const two = (name: string) =>
      Buffer.concat([dictOf('w', tensor()), text(name), tensor(), Buffer.from('s')]);
    for (const name of ['input_resolution', 'attn_mask', 'transformer.attn_mask']) {
      assert.deepEqual(await names(two(name)), ['w']);
    }
    assert.deepEqual(await names(two('transformer.input_resolution')), ['w', 'transformer.input_resolution']);
  });

  it('says what a file without a state dict holds', async () => {
    await assert.rejects(names(dictOf('weights', dictOf('w', tensor()))), {
      message:
        'the given bytes is no PyTorch file that can be read here: it holds no tensors where a state dict has them, nor ' +
        'under state_dict or model_state_dict or model, but weights; load it with PyTorch where you trust it, and save ' +
        'its state dict alone.',
    });
    await assert.rejects(names(tensor()), /it holds no dict of tensors;/);
  });
});
