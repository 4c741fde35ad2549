import assert from 'node:assert/strict';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { projectRoot } from '../../src/data';
import { collect, plainPicture, temporaryFolder } from '../data/fixtures';
import { filesIn, labelsIn, type Members, publish, unpack } from './archives';

const flowers = benchmarkOf('flower_photos') as ClassificationBenchmark;
const groceries = benchmarkOf('grocery_store') as ClassificationBenchmark;

const flowerMembers = async (): Promise<Members> => ({
  'flower_photos/LICENSE.txt': 'CC BY 2.0',
  'flower_photos/tulips/1_n.jpg': await plainPicture(1),
  'flower_photos/daisy/1_n.jpg': await plainPicture(2),
  'flower_photos/daisy/2_n.jpg': 'cut',
  'flower_photos/roses/1_n.jpg': await plainPicture(3),
});

const CLASSES = `\
Class Name (str),Class ID (int),Coarse Class Name (str),Coarse Class ID (int),Iconic Image Path (str),Product Description Path (str)\r
Anjou,0,Pear,0,/iconic/Anjou.jpg,/iconic/Anjou.txt\r
Honeydew-Melon,1,Melon,1,/iconic/Honeydew.jpg,/iconic/Honeydew.txt\r
`;

const groceryMembers = async (): Promise<Members> => ({
  'GroceryStoreDataset-master/dataset/classes.csv': CLASSES,
  'GroceryStoreDataset-master/dataset/test.txt':
    'test/Fruit/Pear/Anjou/Anjou_001.jpg, 0, 0\ntest/Fruit/Melon/Honeydew-Melon/1.jpg, 1, 1\ntest/Fruit/absent.jpg, 1, 1\n',
  'GroceryStoreDataset-master/dataset/test/Fruit/Melon/Honeydew-Melon/1.jpg': await plainPicture(1),
  'GroceryStoreDataset-master/dataset/test/Fruit/Pear/Anjou/Anjou_001.jpg': 'cut',
  'GroceryStoreDataset-master/dataset/train/Fruit/Pear/Anjou/Anjou_001.jpg': await plainPicture(2),
});

describe('flower photographs as a benchmark', () => {
  const expected = [
    ['tulips/1_n.jpg', 4],
    ['daisy/1_n.jpg', 0],
    ['daisy/2_n.jpg', 0],
    ['roses/1_n.jpg', 2],
  ];

  it('are labelled by their folders, packed and unpacked', async () => {
    const [packed, unpacked] = [temporaryFolder(), temporaryFolder()];
    await publish(packed, 'flower_photos.tgz', await flowerMembers());
    unpack(unpacked, await flowerMembers());
    assert.deepEqual(await labelsIn(packed, flowers, 'all'), expected);
    assert.deepEqual((await labelsIn(unpacked, flowers, 'all')).sort(), [...expected].sort());
  });

  it('are named in the singular', async () => {
    const { classes } = await flowers.prompts(filesIn(temporaryFolder(), flowers).files);
    assert.deepEqual(classes, ['daisy', 'dandelion', 'rose', 'sunflower', 'tulip']);
  });
});

describe('groceries as a benchmark', () => {
  const expected = [
    ['test/Fruit/Melon/Honeydew-Melon/1.jpg', 1],
    ['test/Fruit/Pear/Anjou/Anjou_001.jpg', 0],
  ];

  it('are those of the split file, packed and unpacked', async () => {
    const [packed, unpacked] = [temporaryFolder(), temporaryFolder()];
    await publish(packed, 'GroceryStoreDataset-master.zip', await groceryMembers());
    unpack(unpacked, await groceryMembers());
    assert.deepEqual(await labelsIn(packed, groceries, 'test'), expected);
    const { files, absent } = filesIn(unpacked, groceries);
    const pictures = await collect(groceries.read(files, 'test'));
    assert.deepEqual(
      pictures.map(({ key, label }) => [key, label]),
      expected,
    );
    assert.deepEqual(absent, ['test/Fruit/absent.jpg']);
    assert.deepEqual((await groceries.prompts(files)).classes, ['anjou pear', 'honeydew melon']);
  });

  it('refuse a split file of other classes', async () => {
    const folder = temporaryFolder();
    const members = {
      ...(await groceryMembers()),
      'GroceryStoreDataset-master/dataset/test.txt': 'a.jpg, 1, 0\n',
    };
    await publish(folder, 'GroceryStoreDataset-master.zip', members);
    await assert.rejects(labelsIn(folder, groceries, 'test'), /in line 1 of test\.txt, got "a\.jpg, 1, 0"/);
  });
});

describe('the samples of photographs beside the project, as benchmarks', () => {
  /** The sample under the name of the official archive. */
  function sampleOrSkip(context: Mocha.Context, sample: string, archive: string): string {
    const path = join(projectRoot(), '../shared/data', sample);
    if (!existsSync(path)) {
      console.log(`      skipped: there is no ${sample} in ../shared/data`);
      context.skip();
    }
    const folder = temporaryFolder();
    symlinkSync(path, join(folder, archive));
    return folder;
  }

  /** Numbers of pictures, classes and absent pictures. */
  async function counts(
    folder: string,
    benchmark: ClassificationBenchmark,
    split: string,
  ): Promise<number[]> {
    const { files, absent } = filesIn(folder, benchmark);
    let pictures = 0;
    const labels = new Set<number>();
    for await (const { label } of benchmark.read(files, split)) {
      pictures++;
      labels.add(label);
    }
    assert.equal(benchmark.classes, (await benchmark.prompts(files)).classes.length);
    return [pictures, labels.size, absent.length];
  }

  it('hold 2,926 flowers, one of them twice', async function () {
    const folder = sampleOrSkip(this, 'flower_photos-128.tar', flowers.files[0].name);
    assert.deepEqual(await counts(folder, flowers, 'all'), [2926, 5, 0]);
  });

  it('hold 2,004 of the 2,485 groceries to test on', async function () {
    const folder = sampleOrSkip(this, 'grocery_store-128.tar', groceries.files[0].name);
    assert.deepEqual(await counts(folder, groceries, 'test'), [2004, 81, 481]);
  });
});
