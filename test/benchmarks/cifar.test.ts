import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { collect, temporaryFolder } from '../data/fixtures';
import { filesIn, labelsIn, type Members, publish, unpack } from './archives';
import { inFolder } from './folderAnswers';

const cifar10 = benchmarkOf('cifar10') as ClassificationBenchmark;
const cifar100 = benchmarkOf('cifar100') as ClassificationBenchmark;

/** A record whose red, green and blue are 10, 20 and 30, but for the first pixel of the second row. */
function record(...labels: number[]): Buffer {
  const planes = [10, 20, 30].map((value) => {
    const plane = Buffer.alloc(1024, value);
    plane[32] = value + 1;
    return plane;
  });
  return Buffer.concat([Buffer.from(labels), ...planes]);
}

describe('CIFAR', () => {
  const folder = temporaryFolder();

  before(async () => {
    await publish(folder, 'cifar-10-binary.tar.gz', {
      'cifar-10-batches-bin/batches.meta.txt': 'airplane\nautomobile\n\n',
      'cifar-10-batches-bin/test_batch.bin': Buffer.concat([record(3), record(9)]),
    });
    await publish(folder, 'cifar-100-binary.tar.gz', {
      'cifar-100-binary/fine_label_names.txt': 'apple\naquarium_fish\n',
      'cifar-100-binary/test.bin': Buffer.concat([record(19, 99), record(0, 41)]),
    });
  });

  it('reads the binary batches, planes interleaved', async () => {
    const pictures = await collect(cifar10.read(filesIn(folder, cifar10).files, 'test'));
    assert.deepEqual(
      pictures.map(({ key, label }) => [key, label]),
      [
        ['test_batch.bin/0', 3],
        ['test_batch.bin/1', 9],
      ],
    );
    const { width, height, data } = pictures[0].image as { width: number; height: number; data: Uint8Array };
    assert.deepEqual([width, height, data.length], [32, 32, 3072]);
    assert.deepEqual([...data.subarray(31 * 3, 34 * 3)], [10, 20, 30, 11, 21, 31, 10, 20, 30]);
  });

  it('takes the fine label of CIFAR-100, and writes spaces in names', async () => {
    assert.deepEqual(
      (await labelsIn(folder, cifar100, 'test')).map(([, label]) => label),
      [99, 41],
    );
    const { classes, templates } = await cifar100.prompts(filesIn(folder, cifar100).files);
    assert.deepEqual(classes, ['apple', 'aquarium fish']);
    assert.equal((templates as string[]).length, 18);
    assert.equal((templates as string[])[0], 'a photo of a {}.');
  });

  it('refuses records that are not CIFAR’s', async () => {
    const other = temporaryFolder();
    await publish(other, 'cifar-10-binary.tar.gz', { 'test_batch.bin': record(10) });
    await assert.rejects(
      labelsIn(other, cifar10, 'test'),
      /Expected a label below 10 in "test_batch.bin\/0", got 10/,
    );
    await publish(other, 'cifar-10-binary.tar.gz', { 'test_batch.bin': record(1).subarray(1) });
    await assert.rejects(labelsIn(other, cifar10, 'test'), /Expected records of 3073 bytes/);
  });

  it('says what to place where', async () => {
    await assert.rejects(
      labelsIn(temporaryFolder(), cifar10, 'test'),
      /Expected CIFAR-10's "cifar-10-binary\.tar\.gz" in ".*", but it is not there; get it from https.*cifar-10-batches-bin/,
    );
  });
});

/** An archive for Python in miniature and what torchvision reads of it: see `test/golden/cifarPython.py`. */
interface PythonArchive {
  folder: string;
  files: Record<string, string>;
  classes: string[];
  pictures: Record<string, [label: number, sha256: string][]>;
}

const golden: { cifar10: PythonArchive; cifar100: PythonArchive; refused: Record<string, string> } =
  JSON.parse(gunzipSync(readFileSync(join(__dirname, '../golden/cifarPython.json.gz'))).toString());

const membersOf = ({ folder, files }: PythonArchive): Members =>
  inFolder(
    `${folder}/`,
    Object.fromEntries(
      Object.entries(files).map(([name, content]) => [name, Buffer.from(content, 'base64')]),
    ),
  );

describe('CIFAR for Python', () => {
  for (const [set, archive] of [
    [cifar10, 'cifar-10-python.tar.gz'],
    [cifar100, 'cifar-100-python.tar.gz'],
  ] as const) {
    const answers = golden[set.id as 'cifar10' | 'cifar100'];

    it(`has the pictures, labels and names that torchvision reads, packed or unpacked: ${set.id}`, async () => {
      const [packed, unpacked] = [temporaryFolder(), temporaryFolder()];
      await publish(packed, archive, membersOf(answers));
      unpack(unpacked, membersOf(answers));
      for (const folder of [packed, unpacked]) {
        const { files } = filesIn(folder, set);
        for (const split of ['train', 'test']) {
          const pictures = await collect(set.read(files, split));
          const found = pictures.map(({ label, image }) => {
            const { data } = image as { data: Uint8Array };
            return [label, createHash('sha256').update(data).digest('hex')];
          });
          assert.deepEqual(found, answers.pictures[split]);
        }
        const names = answers.classes.map((name) => name.replaceAll('_', ' '));
        assert.deepEqual((await set.prompts(files)).classes, names);
      }
    });
  }

  it('names a picture by its file and place', async () => {
    const folder = temporaryFolder();
    unpack(folder, membersOf(golden.cifar10));
    assert.deepEqual(await labelsIn(folder, cifar10, 'test'), [
      ['test_batch/0', 9],
      ['test_batch/1', 0],
    ]);
  });

  const reasons: Record<string, RegExp> = {
    'a command':
      /"test_batch" is no pickle that can be read here: it asks for "posix\.system", which is not built/,
    floats: /it holds numbers of another format than bytes/,
    'columns first': /it holds an array of another kind than rows of bytes/,
    'fewer labels':
      /Expected an array "data" with 3072 bytes for each of "labels" in "test_batch"; get it again/,
    'a label of no class': /Expected a label below 10 in "test_batch\/0", got 10/,
    'no labels': /Expected an array "data" with 3072 bytes for each of "labels"/,
    'a list': /Expected a pickled dictionary in "test_batch"/,
    cut: /its pickle of 3000 bytes ends within a value/,
    'fewer bytes than its shape says': /it holds an array of shape \[3,3072\] with 6144 bytes/,
  };
  for (const [name, content] of Object.entries(golden.refused)) {
    it(`refuses ${name}`, async () => {
      const folder = temporaryFolder();
      unpack(folder, { 'cifar-10-batches-py/test_batch': Buffer.from(content, 'base64') });
      await assert.rejects(labelsIn(folder, cifar10, 'test'), reasons[name]);
    });
  }
});
