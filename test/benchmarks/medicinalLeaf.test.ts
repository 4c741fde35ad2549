import assert from 'node:assert/strict';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { filesIn, labelsIn, type Members, publish, unpack } from './archives';

const leaves = benchmarkOf('medicinal_leaf') as ClassificationBenchmark;
const FOLDER = 'Medicinal Leaf Dataset/Segmented Medicinal Leaf Images';

const members = async (): Promise<Members> => ({
  [`${FOLDER}/Piper Betle (Betel)/PB-S-001.jpg`]: await plainPicture(1),
  [`${FOLDER}/Alpinia Galanga (Rasna)/AG-S-001.jpg`]: await plainPicture(2),
  [`${FOLDER}/Hibiscus Rosa-sinensis/HR-S-001.jpg`]: 'cut',
  'Medicinal Leaf Dataset/Original/IMG_1.jpg': await plainPicture(3),
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
    assert.deepEqual(await labelsIn(folder, leaves, 'all'), EXPECTED);
    const { classes } = await leaves.prompts(filesIn(folder, leaves).files);
    assert.deepEqual(classes, ['Alpinia Galanga (Rasna)', 'Hibiscus Rosa-sinensis', 'Piper Betle (Betel)']);
  });

  it('reads what the archive unpacks to', async () => {
    const folder = temporaryFolder();
    unpack(folder, await members());
    assert.deepEqual((await labelsIn(folder, leaves, 'all')).sort(), [...EXPECTED].sort());
  });

  it('refuses another archive', async () => {
    const folder = temporaryFolder();
    await publish(folder, 'nnytj2v3n5-1.zip', { 'Leaves/Neem/1.jpg': await plainPicture(1) });
    await assert.rejects(
      labelsIn(folder, leaves, 'all'),
      /Expected a folder of pictures for each class in a folder "Segmented Medicinal Leaf Images"/,
    );
  });
});
