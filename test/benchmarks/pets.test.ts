import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { plainPicture, tarOf, temporaryFolder } from '../data/fixtures';
import { filesIn, type Members, publish, unpack } from './archives';
import { folderAnswers, itReadsLists, pictureMembers, readSplit } from './folderAnswers';

const pets = benchmarkOf('pets') as ClassificationBenchmark;
const answers = folderAnswers('pets');
const images: Members = { 'images/Abyssinian_100.mat': 'outlines', ...pictureMembers(answers) };
const annotations: Members = {
  'annotations/README': 'test.txt holds the test pictures',
  'annotations/list.txt': '#Image CLASS-ID SPECIES BREED ID\n',
  ...answers.lists,
  'annotations/trimaps/Abyssinian_201.png': 'outlines',
};

/** Reads the test split of one picture, `beagle_7.jpg`, by another list. */
async function readWith(list: string, picture: string | Buffer = '') {
  const folder = temporaryFolder();
  await publish(folder, 'images.tar.gz', { 'images/beagle_7.jpg': picture });
  await publish(folder, 'annotations.tar.gz', { 'annotations/test.txt': list });
  return readSplit(folder, pets, 'test');
}

describe('Pets', () => {
  const folder = temporaryFolder();
  const unpacked = temporaryFolder();

  before(async () => {
    // The authors' server has sent this one uncompressed under the same name.
    writeFileSync(join(folder, 'images.tar.gz'), await tarOf(images));
    await publish(folder, 'annotations.tar.gz', annotations);
    unpack(unpacked, { ...images, ...annotations });
  });

  itReadsLists(pets, answers, ['trainval', 'test'], { folder, unpacked });

  it('has the names of CLIP_benchmark', async () => {
    const { classes, templates } = await pets.prompts(filesIn(folder, pets).files);
    assert.deepEqual(classes, answers.classes);
    assert.deepEqual(templates, ['a photo of a {}, a type of pet.']);
  });

  it('hands a PNG named .jpg on as it is, and says which pictures are absent', async () => {
    const png = await plainPicture(9);
    const { pictures, absent } = await readWith('yorkshire_terrier_191 37 2 25\r\nbeagle_7 5 2 4\r\n', png);
    assert.deepEqual(pictures, [{ key: 'beagle_7.jpg', label: 4, image: png }]);
    assert.deepEqual(absent, ['yorkshire_terrier_191.jpg']);
  });

  for (const [what, line, why] of [
    ['counts classes from 0', 'beagle_7 4 2 4', ', though "beagle" is class 5'],
    ['has another breed', 'poodle_7 5 2 4', ''],
    ['has no class', 'beagle_7', ', though "beagle" is class 5'],
  ]) {
    it(`refuses a list that ${what}`, async () => {
      await assert.rejects(readWith(`${line}\n`), {
        message: `Expected a picture and its class from 1 to 37 in "test.txt", got "${line}"${why}; get it again.`,
      });
    });
  }
});
