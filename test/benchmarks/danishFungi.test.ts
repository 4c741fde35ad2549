import assert from 'node:assert/strict';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { filesIn, labelsIn, publish, unpack } from './archives';

const df20 = benchmarkOf('danish_fungi_2020') as ClassificationBenchmark;
const df24 = benchmarkOf('danish_fungi_2024') as ClassificationBenchmark;

const COLUMNS = 'gbifID,scientificName,class_id,species,image_path,Habitat\n';
const TRAIN = `${COLUMNS}\
1,Mycena rosea (Schumach.) Gramberg,1,Mycena rosea,/Datasets/DF20/2238474312-316644.JPG,"Mixed, wood"
2,"Amanita muscaria (L.) Lam., 1783",0,Amanita muscaria,/Datasets/DF20/2238470283-18312.JPG,
3,"Amanita muscaria (L.) Lam., 1783",0,,/Datasets/DF20/2238470283-18313.JPG,
`;
const TEST = `${COLUMNS}\
4,Mycena rosea (Schumach.) Gramberg,1,Mycena rosea,/Datasets/DF20/2816361340-208034.JPG,
5,"Amanita muscaria (L.) Lam., 1783",0,Amanita muscaria,/Datasets/DF20/2816361341-208035.JPG,
6,"Amanita muscaria (L.) Lam., 1783",0,Amanita muscaria,/Datasets/DF20/0000000000-00000.JPG,
`;
const MINI = `${COLUMNS}7,Boletus,5,Boletus,/Datasets/DF20M/1.JPG,\n`;

const pictures = async () => ({
  'DF20_300/2816361341-208035.jpg': await plainPicture(1),
  'DF20_300/2238470283-18312.JPG': await plainPicture(2),
  'DF20_300/2816361340-208034.jpg': 'damaged',
});

const EXPECTED = [
  ['2816361341-208035', 0],
  ['2816361340-208034', 1],
];

describe('Danish Fungi', () => {
  const folder = temporaryFolder();
  before(async () => {
    await publish(folder, 'DF20-300px.tar.gz', await pictures());
    await publish(folder, 'DF20-metadata.zip', {
      'DF20-metadata/DF20-public_test_metadata_PROD-2.csv': TEST,
      'DF20-metadata/DF20-train_metadata_PROD-2.csv': TRAIN,
    });
    await publish(folder, 'DanishFungi2024.zip', {
      'DanishFungi2024/DanishFungi2024-Mini-pubtest.csv': MINI,
      'DanishFungi2024/DanishFungi2024-Mini-train.csv': MINI,
      'DanishFungi2024/DanishFungi2024-pubtest.csv': TEST,
      'DanishFungi2024/DanishFungi2024-train.csv': TRAIN,
    });
  });

  for (const set of [df20, df24]) {
    it(`finds the pictures of ${set.id} by their names alone, and says which are absent`, async () => {
      assert.deepEqual(await labelsIn(folder, set, 'test'), EXPECTED);
      assert.deepEqual(await labelsIn(folder, set, 'train'), [['2238470283-18312', 0]]);
      const { files, absent } = filesIn(folder, set);
      for await (const _ of set.read(files, 'test'));
      assert.deepEqual(absent, ['0000000000-00000']);
    });

    it(`names the classes of ${set.id} by id, without authors`, async () => {
      const { classes } = await set.prompts(filesIn(folder, set).files);
      assert.deepEqual(classes, ['Amanita muscaria', 'Mycena rosea']);
    });
  }

  it('reads what the archives unpack to', async () => {
    const other = temporaryFolder();
    unpack(other, await pictures());
    unpack(other, {
      'DF20-metadata/DF20-public_test_metadata_PROD-2.csv': TEST,
      'DF20-metadata/DF20-train_metadata_PROD-2.csv': TRAIN,
    });
    assert.deepEqual(await labelsIn(other, df20, 'test'), [EXPECTED[1], EXPECTED[0]]);
  });

  it('refuses tables without ids, with gaps in them, and an archive without tables', async () => {
    const other = temporaryFolder();
    await publish(other, 'DF20-300px.tar.gz', await pictures());
    const metadata = (content: Record<string, string>) => publish(other, 'DF20-metadata.zip', content);
    await metadata({
      'a-test.csv': TEST.replace(',0,', ',0.5,'),
      'a-train.csv': TRAIN.replace(',1,', ',2,'),
    });
    await assert.rejects(labelsIn(other, df20, 'test'), /Expected a picture and a class id .* and "0\.5"/);
    await assert.rejects(df20.prompts(filesIn(other, df20).files), /Expected every class id from 0 to 2/);
    await metadata({ 'readme.txt': '' });
    await assert.rejects(labelsIn(other, df20, 'test'), /Expected a table of the split "test"/);
  });
});
