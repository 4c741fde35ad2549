import assert from 'node:assert/strict';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { filesIn, type Members, publish, unpack } from './archives';
import {
  assertPictures,
  expected,
  folderAnswers,
  inFolder,
  inNameOrder,
  pictureMembers,
  readSplit,
} from './folderAnswers';

const sun397 = benchmarkOf('sun397') as ClassificationBenchmark;
const answers = folderAnswers('sun397');
const all = expected(answers, 'all');
/** Of the two pictures of each class the first in the archive tests, the second trains. */
const halves = {
  test: all.filter(([, label], i) => all.findIndex(([, other]) => other === label) === i),
  train: all.filter(([, label], i) => all.findIndex(([, other]) => other === label) !== i),
};
const listOf = (own: readonly [string, number][]) =>
  inNameOrder(own)
    .map(([name]) => `/${name}\n`)
    .join('');

const pictures: Members = inFolder('SUN397/', { ...answers.lists, ...pictureMembers(answers) });
const partitions: Members = {
  ...answers.lists,
  'Training_01.txt': listOf(halves.train),
  'Testing_01.txt': listOf(halves.test),
  'Testing_02.txt': listOf(halves.train),
};

async function publishAll(folder: string, changed: { pictures?: Members; partitions?: Members }) {
  await publish(folder, 'SUN397.tar.gz', { ...pictures, ...changed.pictures });
  await publish(folder, 'Partitions.zip', { ...partitions, ...changed.partitions });
}

describe('SUN397', () => {
  const folder = temporaryFolder();
  const unpacked = temporaryFolder();

  before(async () => {
    await publishAll(folder, {});
    unpack(unpacked, { ...pictures, ...inFolder('Partitions/', partitions) });
  });

  it('labels all pictures as torchvision does, in the archive’s order', async () => {
    assertPictures((await readSplit(folder, sun397, 'all')).pictures, all);
    assertPictures((await readSplit(unpacked, sun397, 'all')).pictures, inNameOrder(all));
  });

  for (const split of ['train', 'test'] as const) {
    it(`takes the ${split} pictures of partition 1, with the same labels`, async () => {
      const packed = await readSplit(folder, sun397, split);
      assertPictures(packed.pictures, halves[split]);
      assert.deepEqual([packed.pictures.length, packed.absent], [14, []]);
      assertPictures((await readSplit(unpacked, sun397, split)).pictures, inNameOrder(halves[split]));
    });
  }

  it('has CLIP_benchmark’s names, from the partitions’ archive alone', async () => {
    const other = temporaryFolder();
    await publish(other, 'Partitions.zip', partitions);
    const { classes, templates } = await sun397.prompts(filesIn(other, sun397).files);
    assert.deepEqual(classes, answers.classes);
    assert.deepEqual([classes[1], classes[8]], ['apartment building outdoor', 'hotel outdoor']);
    assert.deepEqual(templates, ['a photo of a {}.', 'a photo of the {}.']);
  });

  it('hands a PNG named .jpg on as it is, says which pictures are absent, and passes other files over', async () => {
    const other = temporaryFolder();
    const png = await plainPicture(5);
    await publishAll(other, {
      pictures: {
        'SUN397/i/iceberg/sun_zz.jpg': png,
        'SUN397/i/iceberg/Thumbs.db': 'no picture',
        'SUN397/README.txt': 'no picture',
      },
      partitions: { 'Testing_01.txt': '/i/iceberg/sun_zz.jpg\n/i/iceberg/sun_gone.jpg\n' },
    });
    const { pictures: found, absent } = await readSplit(other, sun397, 'test');
    assert.deepEqual(found, [{ key: 'i/iceberg/sun_zz.jpg', label: 10, image: png }]);
    assert.deepEqual(absent, ['i/iceberg/sun_gone.jpg']);
    assert.equal((await readSplit(other, sun397, 'all')).pictures.length, all.length + 1);
  });

  it('refuses pictures of classes that ClassName.txt lacks', async () => {
    const other = temporaryFolder();
    await publishAll(other, { partitions: { 'ClassName.txt': '/a/abbey\n/i/ice_floe\n' } });
    await assert.rejects(
      readSplit(other, sun397, 'test'),
      /Expected pictures of 2 classes in "Testing_01\.txt", but "\S+" lies in the folder of none; get it again/,
    );
    await assert.rejects(
      readSplit(other, sun397, 'all'),
      /Expected pictures of 2 classes in ".*SUN397\.tar\.gz"/,
    );
  });
});
