import assert from 'node:assert/strict';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { tarOf, temporaryFolder } from '../data/fixtures';
import { type Content, matlabOf } from '../files/matlabOf';
import { annotatedAnswers, asMembers, inArchiveOrder } from './annotatedAnswers';
import { filesIn, publish, unpack } from './archives';
import { assertPictures, inNameOrder, readSplit } from './folderAnswers';

const cars = benchmarkOf('cars') as ClassificationBenchmark;
const { lists, classes, pictures } = annotatedAnswers('cars');
const [META, TRAIN, TEST] = [
  'devkit/cars_meta.mat',
  'devkit/cars_train_annos.mat',
  'cars_test_annos_withlabels.mat',
];
const test = inArchiveOrder(pictures.test);

describe('Stanford Cars', () => {
  const folder = temporaryFolder();

  before(async () => {
    // Both archives have a 00001.jpg.
    const train = asMembers(inArchiveOrder(pictures.train), 'cars_train/');
    await publish(folder, 'cars_test.tgz', { 'cars_test/readme.txt': '', ...asMembers(test, 'cars_test/') });
    await publish(folder, 'cars_train.tgz', await tarOf(train));
    await publish(folder, TEST, lists[TEST] as Buffer);
    await publish(folder, 'car_devkit.tgz', { [META]: lists[META], [TRAIN]: lists[TRAIN] });
  });

  it('labels pictures as torchvision does, from 0, in the archive’s order', async () => {
    const found = await readSplit(folder, cars, 'test');
    assertPictures(found.pictures, test);
    assert.deepEqual(found.absent, []);
    const labels = found.pictures.map(({ label }) => label);
    // MATLAB counts from 1: without the step to 0 none of class 0 would be there.
    assert.deepEqual([Math.min(...labels), Math.max(...labels)], [0, 3]);
  });

  it('reads the training pictures by the devkit’s list, from a tar that is not compressed', async () => {
    assertPictures((await readSplit(folder, cars, 'train')).pictures, inArchiveOrder(pictures.train));
  });

  it('reads the same unpacked, in the order of names, with the folder that copies have twice', async () => {
    const unpacked = temporaryFolder();
    unpack(unpacked, {
      [META]: lists[META],
      [`devkit/${TEST}`]: lists[TEST],
      ...asMembers(test, 'cars_test/cars_test/'),
    });
    assertPictures((await readSplit(unpacked, cars, 'test')).pictures, inNameOrder(test));
  });

  it('has the archive’s class names, a “/” and all', async () => {
    const prompts = await cars.prompts(filesIn(folder, cars).files);
    assert.deepEqual(prompts.classes, classes);
    assert.equal(prompts.classes[2], 'Ram C/V Cargo Van Minivan 2012');
    assert.deepEqual([prompts.templates.length, (prompts.templates as string[])[0]], [8, 'a photo of a {}.']);
  });

  it('says which pictures are absent, and passes over those that nobody lists', async () => {
    const other = temporaryFolder();
    unpack(other, {
      [TEST]: lists[TEST],
      ...asMembers(test.slice(2), 'cars_test/'),
      'cars_test/00099.jpg': '',
    });
    const found = await readSplit(other, cars, 'test');
    assertPictures(found.pictures, inNameOrder(test.slice(2)));
    assert.deepEqual(
      found.absent,
      inNameOrder(test.slice(0, 2)).map(([key]) => key),
    );
  });

  it('refuses the list without labels, and labels of other classes', async () => {
    const other = temporaryFolder();
    unpack(other, { 'cars_test/00001.jpg': '' });
    const readWith = async (row: Record<string, Content>) => {
      await publish(other, TEST, matlabOf({ annotations: { structs: [row] } }));
      return readSplit(other, cars, 'test');
    };
    await assert.rejects(
      readWith({ bbox_x1: 1, fname: '00001.jpg' }),
      /Expected numbers as "annotations\(1\)\.class" in "cars_test_annos_withlabels\.mat", got nothing/,
    );
    for (const number of [0, 197]) {
      await assert.rejects(
        readWith({ class: number, fname: '00001.jpg' }),
        new RegExp(`Expected a class from 1 to 196 for "00001.jpg" in "cars_test_annos.*", got ${number};`),
      );
    }
    assert.equal((await readWith({ class: 196, fname: '00001.jpg' })).pictures[0].label, 195);
  });
});
