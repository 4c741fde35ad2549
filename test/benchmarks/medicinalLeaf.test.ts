import assert from 'node:assert/strict';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { filesIn, filling, labelsIn, type Members, publish, unfilled, unpack } from './archives';

const leaves = benchmarkOf('medicinal_leaf') as ClassificationBenchmark;
const FOLDER = 'Medicinal Leaf Dataset/Segmented Medicinal Leaf Images';

const members = async (): Promise<Members> => ({
  [`${FOLDER}/Piper Betle (Betel)/PB-S-001.jpg`]: await plainPicture(1),
  [`${FOLDER}/Alpinia Galanga (Rasna)/AG-S-001.jpg`]: await plainPicture(2),
  [`${FOLDER}/Hibiscus Rosa-sinensis/HR-S-001.jpg`]: 'cut',
  'Medicinal Leaf Dataset/Original/IMG_1.jpg': await plainPicture(3),
  ...filling(27, (name) => `${FOLDER}/${name}/1.jpg`),
});

const EXPECTED = [
  ['Piper Betle (Betel)/PB-S-001.jpg', 2],
  ['Alpinia Galanga (Rasna)/AG-S-001.jpg', 0],
  ['Hibiscus Rosa-sinensis/HR-S-001.jpg', 1],
];

describe('Medicinal Leaf', () => {
  it('numbers the folders by name, whatever the archive’s order and whatever lies beside', async () => {
    const folder = temporaryFolder();
    await publish(folder, 'nnytj2v3n5-1.zip', await members());
    assert.deepEqual(unfilled(await labelsIn(folder, leaves, 'all')), EXPECTED);
    const { classes } = await leaves.prompts(filesIn(folder, leaves).files);
    assert.deepEqual(classes.slice(0, 3), [
      'Alpinia Galanga (Rasna)',
      'Hibiscus Rosa-sinensis',
      'Piper Betle (Betel)',
    ]);
    assert.equal(classes.length, leaves.classes);
  });

  it('reads what the archive unpacks to', async () => {
    const folder = temporaryFolder();
    unpack(folder, await members());
    assert.deepEqual(unfilled(await labelsIn(folder, leaves, 'all')).sort(), [...EXPECTED].sort());
  });

  it('refuses another archive, and one that lacks a class', async () => {
    const folder = temporaryFolder();
    await publish(folder, 'nnytj2v3n5-1.zip', { 'Leaves/Neem/1.jpg': await plainPicture(1) });
    await assert.rejects(
      labelsIn(folder, leaves, 'all'),
      /Expected 30 classes in the folders of pictures in "Segmented Medicinal Leaf Images" of ".*zip", got 0; is it the right version/,
    );
    const { [`${FOLDER}/zz0/1.jpg`]: _, ...lacking } = await members();
    await publish(folder, 'nnytj2v3n5-1.zip', lacking);
    await assert.rejects(labelsIn(folder, leaves, 'all'), /Expected 30 classes in .*, got 29/);
  });
});
