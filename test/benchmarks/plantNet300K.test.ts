import assert from 'node:assert/strict';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { filesIn, labelsIn, type Members, publish, unpack } from './archives';

const plantNet = benchmarkOf('plantnet_300k') as ClassificationBenchmark;

/** Of the ids, `13558680` comes first as text and `1355990` as a number. */
const NAMES = JSON.stringify({
  '1396710': "Pelargonium graveolens L'Hér.",
  '13558680': 'Lactuca virosa L.',
  '1355990': 'Fragaria × ananassa Duchesne ex Rozier',
});

async function members(): Promise<Members> {
  return {
    'plantnet_300K/images/train/1355990/a.jpg': await plainPicture(1),
    'plantnet_300K/images/test/1396710/c.jpg': await plainPicture(2),
    'plantnet_300K/images/test/13558680/b.jpg': 'cut sh',
    'plantnet_300K/images/test/1355990/a.jpg': await plainPicture(3),
    'plantnet_300K/images/test/9999999/z.jpg': await plainPicture(4),
    'plantnet_300K/plantnet300K_species_id_2_name.json': NAMES,
  };
}

describe('PlantNet-300K', () => {
  const folder = temporaryFolder();
  before(async () => publish(folder, 'plantnet_300K.zip', await members()));

  it('numbers species by their ids as text; not as numbers', async () => {
    assert.deepEqual(await labelsIn(folder, plantNet, 'test'), [
      ['1396710/c.jpg', 2],
      ['13558680/b.jpg', 0],
      ['1355990/a.jpg', 1],
    ]);
    assert.deepEqual(await labelsIn(folder, plantNet, 'train'), [['1355990/a.jpg', 1]]);
  });

  it('names species without their authors', async () => {
    const { classes } = await plantNet.prompts(filesIn(folder, plantNet).files);
    assert.deepEqual(classes, ['Lactuca virosa', 'Fragaria × ananassa', 'Pelargonium graveolens']);
  });

  it('reads what the archive unpacks to, in version 1.0’s folders too', async () => {
    const other = temporaryFolder();
    const renamed = Object.entries(await members()).map(([name, content]) => [
      name.replace('images/', 'images_'),
      content,
    ]);
    unpack(other, Object.fromEntries(renamed));
    assert.deepEqual(await labelsIn(other, plantNet, 'test'), [
      ['13558680/b.jpg', 0],
      ['1355990/a.jpg', 1],
      ['1396710/c.jpg', 2],
    ]);
  });

  it('refuses version 2 and a damaged list of names', async () => {
    const other = temporaryFolder();
    await publish(other, 'plantnet_300K.zip', { 'images/test/0000/a.jpg': await plainPicture(1) });
    await assert.rejects(
      labelsIn(other, plantNet, 'test'),
      /Expected a file "plantnet300K_species_id_2_name\.json"/,
    );
    await publish(other, 'plantnet_300K.zip', { 'plantnet300K_species_id_2_name.json': '{"1355868": "La' });
    await assert.rejects(
      labelsIn(other, plantNet, 'test'),
      /Expected names by species id in .*; get it again/,
    );
  });
});
