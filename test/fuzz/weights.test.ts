import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openSafetensors, openTorch, openWeights, type WeightsFile } from '../../src/files';
import { sourceOf } from '../../src/files/byteSource';
import { unpickleArrays } from '../../src/files/pickledArrays';
import { openTorchArchive } from '../../src/files/torch/archive';
import { temporaryFolder } from '../data/fixtures';
import { zipOf } from '../files/zip';
import { itTakesAnything } from './fuzz';
import { mutateBytes as mutate } from './mutate';

const golden = (name: string) => readFileSync(join(__dirname, '../golden', name));
const torchFiles = join(__dirname, '../golden/torchFiles');
const TORCH = ['layouts.pt', 'checkpoint.pt', 'protocol2.pt', 'protocol4.pt', 'script.pt'];

/** How sentences begin about files in memory. */
const GIVEN = /^(the|In the|The) given bytes/i;

async function readAll(opening: Promise<WeightsFile> | WeightsFile): Promise<void> {
  const file = await opening;
  try {
    for (const name of file.tensors.keys()) file.read(name);
  } finally {
    file.close();
  }
}

/** An archive with this pickle, and for every key more values than are asked for. */
function withStorages(pickle: Buffer): Buffer {
  const storages = Array.from({ length: 50 }, (_, key) => ({ name: `a/data/${key}`, bytes: 8192 }));
  return zipOf([{ name: 'a/data.pkl', bytes: pickle }, ...storages]);
}

async function pickleIn(name: string): Promise<Buffer> {
  const source = sourceOf(golden(`torchFiles/${name}`));
  const { pickle } = await openTorchArchive(source);
  return Buffer.from(source.read(pickle.start, pickle.length));
}

/** CIFAR's batches and names, as pickles of NumPy's arrays. */
function cifarPickles(): Buffer[] {
  const sets: Record<string, { files: Record<string, string> }> = JSON.parse(
    gunzipSync(golden('cifarPython.json.gz')).toString(),
  );
  return Object.values(sets).flatMap(({ files = {} }) =>
    Object.values(files).map((file) => Buffer.from(file, 'base64')),
  );
}

describe('any file of weights', () => {
  const folder = temporaryFolder();
  const index = join(folder, 'mutated.json');

  itTakesAnything('safetensors', {
    inputs: () =>
      ['formats.safetensors', 'towers.safetensors'].map(golden).filter(({ length }) => length < 2e5),
    mutate,
    read: (bytes) => readAll(openSafetensors(bytes)),
    says: GIVEN,
  });

  itTakesAnything('an index of safetensors', {
    inputs: () => {
      for (const name of readdirSync(torchFiles).filter((file) => /^sharded-/.test(file))) {
        copyFileSync(join(torchFiles, name), join(folder, name));
      }
      return [golden('torchFiles/sharded.safetensors.index.json')];
    },
    mutate,
    read: (bytes) => {
      writeFileSync(index, bytes);
      return readAll(openWeights(index));
    },
    says: /"/,
  });

  itTakesAnything('a PyTorch file', {
    inputs: () => TORCH.map((name) => golden(`torchFiles/${name}`)),
    mutate,
    read: (bytes) => readAll(openTorch(bytes)),
    says: GIVEN,
  });

  // Most mutations of an archive hit its frame or its values; here each hits the pickle.
  itTakesAnything('the pickle of a PyTorch file', {
    inputs: () => Promise.all(TORCH.map(pickleIn)),
    mutate,
    read: (bytes) => readAll(openTorch(withStorages(bytes))),
    says: GIVEN,
  });

  itTakesAnything("a pickle of NumPy's arrays", {
    inputs: cifarPickles,
    mutate,
    read: (bytes) => unpickleArrays(bytes, '"test_batch"'),
    says: /^"test_batch" is no pickle/,
  });
});
