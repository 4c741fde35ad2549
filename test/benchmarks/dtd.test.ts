import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { tarOf, temporaryFolder } from '../data/fixtures';
import { filesIn, type Members, publish, unpack } from './archives';
import { folderAnswers, inFolder, itReadsLists, pictureMembers, readSplit } from './folderAnswers';

const dtd = benchmarkOf('dtd') as ClassificationBenchmark;
const answers = folderAnswers('dtd');
const members: Members = inFolder('dtd/', {
  ...pictureMembers(answers),
  ...answers.lists,
  // Another partition, and all words of each picture.
  'labels/test2.txt': answers.lists['labels/train1.txt'],
  'labels/labels_joint_anno.txt': 'banded/banded_0002.jpg banded lined\n',
});

describe('DTD', () => {
  const folder = temporaryFolder();
  const unpacked = temporaryFolder();

  before(async () => {
    await publish(folder, 'dtd-r1.0.1.tar.gz', members);
    unpack(unpacked, members);
  });

  itReadsLists(dtd, answers, ['train', 'val', 'test'], { folder, unpacked });

  it('has the folders’ names for classes, hyphens and all', async () => {
    const { classes, templates } = await dtd.prompts(filesIn(folder, dtd).files);
    assert.deepEqual(classes, answers.classes);
    assert.equal(classes[30], 'polka-dotted');
    assert.deepEqual([templates.length, (templates as string[])[0]], [8, 'a photo of a {} texture.']);
  });

  it('says which pictures are absent, reads a tar that is not compressed, and refuses a list of other classes', async () => {
    const other = temporaryFolder();
    const publishList = async (list: string) =>
      writeFileSync(
        join(other, 'dtd-r1.0.1.tar.gz'),
        await tarOf({ 'dtd/images/woven/woven_0001.jpg': '', 'dtd/labels/test1.txt': list }),
      );
    await publishList('zigzagged/zigzagged_0003.jpg\nwoven/woven_0001.jpg\nbanded/banded_0009.jpg\n');
    const { pictures, absent } = await readSplit(other, dtd, 'test');
    assert.deepEqual(pictures, [{ key: 'woven/woven_0001.jpg', label: 44, image: Buffer.alloc(0) }]);
    assert.deepEqual(absent, ['zigzagged/zigzagged_0003.jpg', 'banded/banded_0009.jpg']);

    await publishList('images/woven/woven_0001.jpg\n');
    await assert.rejects(
      readSplit(other, dtd, 'test'),
      /Expected pictures of 47 classes in "labels\/test1\.txt", but "images\/woven\/woven_0001\.jpg" lies in the folder of none/,
    );
  });
});
