import assert from 'node:assert/strict';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { filesIn, filling, labelsIn, type Members, publish, unfilled, unpack } from './archives';

const plantDoc = benchmarkOf('plantdoc') as ClassificationBenchmark;
const OUTER = 'PlantDoc-Dataset-5467f6012d78d1c446145d5f582da6096f852ae8';
const ARCHIVE = `${OUTER}.zip`;

/** Names as they stand in the repository. */
const members = async (): Promise<Members> => ({
  [`${OUTER}/PlantDoc_Examples.png`]: await plainPicture(9),
  [`${OUTER}/test/Apple Scab Leaf/052609%20Hartman%20Crabapple%20scab%20single%20leaf.JPG.jpg`]:
    await plainPicture(1),
  [`${OUTER}/test/Bell_pepper leaf/IMG_1629.JPG?1507122477.jpg`]: await plainPicture(2),
  [`${OUTER}/test/Corn Gray leaf spot/show_picture.asp?id=aaa&w2=420&clip=center,420,378&meta=0.jpg`]:
    'GIF89a',
  [`${OUTER}/test/grape leaf/1.jpg`]: await plainPicture(3),
  [`${OUTER}/train/Corn Gray leaf spot/1.jpg`]: await plainPicture(4),
  [`${OUTER}/train/Tomato two spotted spider mites leaf/SpotSpeckBlightMite-1l4v879.jpg`]:
    await plainPicture(5),
  [`${OUTER}/train/grape leaf/1.jpg`]: await plainPicture(6),
  ...filling(23, (name) => `${OUTER}/test/${name}/1.jpg`),
});

const TEST = [
  ['Apple Scab Leaf/052609%20Hartman%20Crabapple%20scab%20single%20leaf.JPG.jpg', 0],
  ['Bell_pepper leaf/IMG_1629.JPG?1507122477.jpg', 1],
  ['Corn Gray leaf spot/show_picture.asp?id=aaa&w2=420&clip=center,420,378&meta=0.jpg', 2],
  ['grape leaf/1.jpg', 3],
];

describe('PlantDoc', () => {
  const folder = temporaryFolder();
  before(async () => publish(folder, ARCHIVE, await members()));

  it('keeps odd names as they are', async () => {
    assert.deepEqual(unfilled(await labelsIn(folder, plantDoc, 'test')), TEST);
  });

  it('labels training pictures by the test classes, though training has one more', async () => {
    assert.deepEqual(await labelsIn(folder, plantDoc, 'train'), [
      ['Corn Gray leaf spot/1.jpg', 2],
      ['grape leaf/1.jpg', 3],
    ]);
  });

  it('names classes by folders, capitals first, without underscores', async () => {
    const { classes } = await plantDoc.prompts(filesIn(folder, plantDoc).files);
    assert.deepEqual(classes.slice(0, 4), [
      'Apple Scab Leaf',
      'Bell pepper leaf',
      'Corn Gray leaf spot',
      'grape leaf',
    ]);
  });

  it('reads what the archive unpacks to, in older revisions’ folders too', async () => {
    const other = temporaryFolder();
    const older = Object.entries(await members()).map(([name, content]) => [
      name.replace('/test/', '/TEST/').replace('/train/', '/TRAIN/'),
      content,
    ]);
    unpack(other, Object.fromEntries(older));
    assert.deepEqual(unfilled(await labelsIn(other, plantDoc, 'test')), TEST);
  });

  it('refuses a revision with other classes', async () => {
    const other = temporaryFolder();
    await publish(other, ARCHIVE, { ...(await members()), [`${OUTER}/test/a new leaf/1.jpg`]: '' });
    await assert.rejects(
      labelsIn(other, plantDoc, 'test'),
      /Expected 27 classes in the folders of pictures in "test" of .*, got 28; is it the right version, and whole\?/,
    );
  });
});
