import assert from 'node:assert/strict';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { temporaryFolder } from '../data/fixtures';
import { matlabOf } from '../files/matlabOf';
import { annotatedAnswers, asMembers, inArchiveOrder } from './annotatedAnswers';
import { filesIn, publish, unpack } from './archives';
import { assertPictures, inNameOrder, readSplit } from './folderAnswers';

const flowers = benchmarkOf('flowers') as ClassificationBenchmark;
const { lists, classes, pictures } = annotatedAnswers('flowers');
const all = inArchiveOrder(Object.values(pictures).flat());
const ofSplit = (split: string) => {
  const own = new Set(inArchiveOrder(pictures[split]).map(([name]) => name));
  return all.filter(([name]) => own.has(name));
};

describe('Flowers-102', () => {
  const folder = temporaryFolder();

  before(async () => {
    await publish(folder, '102flowers.tgz', asMembers(all, 'jpg/'));
    unpack(folder, lists);
  });

  for (const split of ['train', 'val', 'test']) {
    it(`labels the ${split} pictures as torchvision does, in the archive's order`, async () => {
      const found = await readSplit(folder, flowers, split);
      assertPictures(found.pictures, ofSplit(split));
      assert.equal(found.pictures.length, pictures[split].length);
    });
  }

  it('keeps tstid, the large one, for the test, and reads the same unpacked', async () => {
    assert.ok(pictures.test.length > pictures.train.length);
    const unpacked = temporaryFolder();
    unpack(unpacked, { ...lists, ...asMembers(all, 'jpg/') });
    assertPictures((await readSplit(unpacked, flowers, 'test')).pictures, inNameOrder(ofSplit('test')));
  });

  it('has CLIP’s names in the order of labels: a label too many would call a primrose an orchid', async () => {
    const { classes: names, templates } = await flowers.prompts(filesIn(folder, flowers).files);
    assert.deepEqual(names, classes);
    assert.deepEqual(
      [names[0], names[1], names[101]],
      ['pink primrose', 'hard-leaved pocket orchid', 'blackberry lily'],
    );
    assert.deepEqual(templates, ['a photo of a {}, a type of flower.']);
    const other = temporaryFolder();
    unpack(other, {
      'imagelabels.mat': matlabOf({ labels: [102, 1] }),
      'setid.mat': matlabOf({ tstid: [2, 1] }),
      'jpg/image_00001.jpg': '',
      'jpg/image_00002.jpg': '',
    });
    const found = await readSplit(other, flowers, 'test');
    assert.deepEqual(
      found.pictures.map(({ key, label }) => [key, names[label]]),
      [
        ['image_00001.jpg', 'blackberry lily'],
        ['image_00002.jpg', 'pink primrose'],
      ],
    );
  });

  it('says which pictures are absent, and refuses labels that are none and a file of another set', async () => {
    const other = temporaryFolder();
    unpack(other, { ...lists, 'setid.mat': matlabOf({ tstid: [12, 3, 1] }), 'jpg/image_00003.jpg': '' });
    const { absent } = await readSplit(other, flowers, 'test');
    assert.deepEqual(absent, ['image_00012.jpg', 'image_00001.jpg']);

    await publish(other, 'setid.mat', matlabOf({ tstid: [13] }));
    await assert.rejects(
      readSplit(other, flowers, 'test'),
      /Expected a class from 1 to 102 for "image_00013\.jpg" in "imagelabels\.mat", got undefined/,
    );
    await publish(other, 'setid.mat', matlabOf({ trnid: [1] }));
    await assert.rejects(
      readSplit(other, flowers, 'test'),
      /Expected a variable "tstid" in the MATLAB file "setid\.mat", but there is only "trnid"/,
    );
  });
});
