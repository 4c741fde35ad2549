import assert from 'node:assert/strict';
import { join } from 'node:path';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { filesIn, type Members, publish, unpack } from './archives';
import { folderAnswers, inFolder, itReadsLists, pictureMembers, readSplit } from './folderAnswers';

const food101 = benchmarkOf('food101') as ClassificationBenchmark;
const answers = folderAnswers('food101');
const members: Members = inFolder('food-101/', {
  ...pictureMembers(answers),
  'meta/classes.txt': 'cheesecake\ncheese_plate\n',
  ...answers.lists,
});

/** The pictures and labels of the test split, from an archive whose test list is another. */
async function readWith(list: string, change: Members = {}) {
  const folder = temporaryFolder();
  await publish(folder, 'food-101.tar.gz', { ...members, 'food-101/meta/test.txt': list, ...change });
  return readSplit(folder, food101, 'test');
}

describe('Food-101', () => {
  const folder = temporaryFolder();
  const unpacked = temporaryFolder();

  before(async () => {
    await publish(folder, 'food-101.tar.gz', members);
    unpack(unpacked, members);
  });

  itReadsLists(food101, answers, ['train', 'test'], { folder, unpacked });

  it('has CLIP_benchmark’s names, which are not in the order of the archive’s classes.txt', async () => {
    const { classes, templates } = await food101.prompts(filesIn(folder, food101).files);
    assert.deepEqual(classes, answers.classes);
    assert.deepEqual(templates, ['a photo of {}, a type of food.']);
    assert.deepEqual([classes.indexOf('cheese plate'), classes.indexOf('cheesecake')], [16, 17]);
  });

  it('hands damaged and otherwise encoded pictures on, and says which are absent', async () => {
    const png = await plainPicture(7);
    const { pictures, absent } = await readWith('waffles/1\ncheese_plate/2\r\ncheesecake/3\n\nwaffles/4\n', {
      'food-101/images/waffles/4.jpg': Buffer.from('ffd8ffe0', 'hex'),
      'food-101/images/cheese_plate/2.jpg': png,
      'food-101/images/waffles/2.jpg': 'of the train split',
    });
    assert.deepEqual(
      pictures.map(({ key, label }) => [key, label]),
      [
        ['waffles/4.jpg', 100],
        ['cheese_plate/2.jpg', 16],
      ],
    );
    assert.deepEqual(pictures[1].image, png);
    assert.deepEqual(absent, ['waffles/1.jpg', 'cheesecake/3.jpg']);
  });

  it('refuses a list of other classes, and an archive without lists', async () => {
    await assert.rejects(
      readWith('waffles/1\npizza_pie/2\n'),
      /^Error: Expected pictures of 101 classes in "meta\/test\.txt", but "pizza_pie\/2\.jpg" lies in the folder of none; get it again\.$/,
    );
    const bare = temporaryFolder();
    unpack(join(bare, 'food-101'), pictureMembers(answers));
    await assert.rejects(
      readSplit(bare, food101, 'test'),
      /Expected a file "meta\/test\.txt" in ".*food-101"/,
    );
  });
});
