import assert from 'node:assert/strict';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { tarOf, temporaryFolder } from '../data/fixtures';
import { annotatedAnswers, asMembers, inArchiveOrder } from './annotatedAnswers';
import { filesIn, type Members, publish, unpack } from './archives';
import { assertPictures, inFolder, inNameOrder, readSplit } from './folderAnswers';

const aircraft = benchmarkOf('fgvc_aircraft') as ClassificationBenchmark;
const { lists, classes, pictures } = annotatedAnswers('fgvc_aircraft');
const all = inArchiveOrder([...pictures.trainval, ...pictures.test]);
const members: Members = inFolder('fgvc-aircraft-2013b/', {
  ...asMembers(all, 'data/images/'),
  ...lists,
  // Levels that are not read.
  'data/families.txt': 'A300\n',
  'data/images_family_test.txt': `${all[0][0].slice(0, 7)} A300\n`,
});

const ofSplit = (split: string) => {
  const own = new Set(inArchiveOrder(pictures[split]).map(([name]) => name));
  return all.filter(([name]) => own.has(name));
};

describe('FGVC-Aircraft', () => {
  const folder = temporaryFolder();

  before(() => publish(folder, 'fgvc-aircraft-2013b.tar.gz', members));

  for (const split of ['train', 'val', 'trainval', 'test']) {
    it(`labels the ${split} pictures as torchvision does, in the archive's order`, async () => {
      const found = await readSplit(folder, aircraft, split);
      assertPictures(found.pictures, ofSplit(split));
      assert.deepEqual([found.pictures.length, found.absent], [pictures[split].length, []]);
    });
  }

  it('reads the same unpacked', async () => {
    const unpacked = temporaryFolder();
    unpack(unpacked, members);
    assertPictures((await readSplit(unpacked, aircraft, 'test')).pictures, inNameOrder(ofSplit('test')));
  });

  it('has the archive’s variants for names, with their spaces and slashes', async () => {
    const prompts = await aircraft.prompts(filesIn(folder, aircraft).files);
    assert.deepEqual(prompts.classes, classes);
    assert.ok(['F/A-18', 'Model B200', '707-320'].every((name) => prompts.classes.includes(name)));
    assert.deepEqual(prompts.templates, [
      'a photo of a {}, a type of aircraft.',
      'a photo of the {}, a type of aircraft.',
    ]);
  });

  it('cuts lines at their first space, says what is absent, and refuses variants that are none', async () => {
    const other = temporaryFolder();
    const publishList = async (list: string) =>
      publish(
        other,
        'fgvc-aircraft-2013b.tar.gz',
        await tarOf({
          'data/variants.txt': 'Model A\r\nModel B 200\r\n',
          'data/images_variant_test.txt': list,
          'data/images/0000002.jpg': '',
        }),
      );
    await publishList('0000001 Model A\r\n0000002 Model B 200\r\n');
    const { pictures: found, absent } = await readSplit(other, aircraft, 'test');
    assert.deepEqual(found, [{ key: '0000002.jpg', label: 1, image: Buffer.alloc(0) }]);
    assert.deepEqual(absent, ['0000001.jpg']);

    for (const line of ['0000002 Model', '0000002']) {
      await publishList(`${line}\n`);
      await assert.rejects(
        readSplit(other, aircraft, 'test'),
        new RegExp(
          `one of the 2 variants of "data/variants.txt" in "data/images_variant_test.txt", got "${line}";`,
        ),
      );
    }
  });
});
