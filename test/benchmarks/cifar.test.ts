import assert from 'node:assert/strict';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { collect, temporaryFolder } from '../data/fixtures';
import { filesIn, labelsIn, publish } from './archives';

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
