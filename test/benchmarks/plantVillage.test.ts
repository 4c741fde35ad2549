import assert from 'node:assert/strict';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { filesIn, filling, labelsIn, type Members, publish, unfilled, unpack } from './archives';

const grouped = benchmarkOf('plantvillage') as ClassificationBenchmark;
const mendeley = benchmarkOf('plantvillage_mendeley') as ClassificationBenchmark;

const PEPPER = 'Pepper,_bell___healthy/0a3f2927___JR_HL 8080.JPG';
const MITES = 'Tomato___Spider_mites Two-spotted_spider_mite/002835d1___Com.G_SpM_FL 8663.JPG';
const BLIGHT = 'Tomato___Late_blight/0003faa8___RS_Late.B 4946.JPG';

async function members(): Promise<Members> {
  return {
    [`raw/color/${BLIGHT}`]: await plainPicture(1),
    [`raw/color/${MITES}`]: 'not a picture',
    [`raw/color/${PEPPER}`]: await plainPicture(2),
    [`raw/color/${BLIGHT.replace('4946', '4947')}`]: await plainPicture(3),
    [`raw/grayscale/${PEPPER}`]: await plainPicture(4),
    [`raw/segmented/${PEPPER.replace('.JPG', '_final_masked.jpg')}`]: await plainPicture(5),
  };
}

/** Of classes that need no pictures here. */
const OTHERS = Object.keys(filling(35, (name) => `${name}/1.JPG`));
const TEST = [BLIGHT, PEPPER, MITES, 'Tomato___Late_blight/absent.JPG', ...OTHERS];

/** In the archive's order; classes are in that of their names. */
const EXPECTED = [
  [`color/${BLIGHT}`, 1],
  [`color/${MITES}`, 2],
  [`color/${PEPPER}`, 0],
];

const listed = (pictures: readonly string[]) => pictures.map((picture) => `raw/color/${picture}\n`).join('');

async function publishLists(folder: string): Promise<void> {
  await publish(folder, 'color_test.txt', listed(TEST));
  await publish(folder, 'color_train.txt', listed([BLIGHT.replace('4946', '4947')]));
}

describe('PlantVillage', () => {
  const folder = temporaryFolder();
  before(async () => {
    await publish(folder, 'data.zip', await members());
    await publishLists(folder);
  });

  it('reads the colour pictures of the authors’ split, and no grey twin', async () => {
    assert.deepEqual(await labelsIn(folder, grouped, 'test'), EXPECTED);
    const { files, absent } = filesIn(folder, grouped);
    for await (const _ of grouped.read(files, 'test'));
    const expected = ['Tomato___Late_blight/absent.JPG', ...OTHERS];
    assert.deepEqual(
      absent,
      expected.map((name) => `color/${name}`),
    );
  });

  it('gives a training picture the label of the test classes', async () => {
    const [[, label]] = await labelsIn(folder, grouped, 'train');
    assert.equal(label, 1);
  });

  it('puts class names in words', async () => {
    const { classes, templates } = await grouped.prompts(filesIn(folder, grouped).files);
    assert.deepEqual(classes.slice(0, 3), [
      'healthy bell pepper leaf',
      'tomato leaf with Late blight',
      'tomato leaf with Spider mites Two-spotted spider mite',
    ]);
    assert.equal((templates as string[]).length, 80);
  });

  it('reads what the archive unpacks to', async () => {
    const other = temporaryFolder();
    unpack(other, await members());
    await publishLists(other);
    assert.deepEqual((await labelsIn(other, grouped, 'test')).sort(), [...EXPECTED].sort());
  });

  it('refuses a training list with a class of its own, and a test list without all classes', async () => {
    const other = temporaryFolder();
    await publish(other, 'data.zip', await members());
    await publish(other, 'color_test.txt', listed([BLIGHT, MITES, 'zz35/1.JPG', ...OTHERS]));
    await publish(other, 'color_train.txt', listed([PEPPER]));
    await assert.rejects(labelsIn(other, grouped, 'train'), /"color_train\.txt".*Pepper,_bell___healthy/);
    await publish(other, 'color_test.txt', listed([BLIGHT, ...OTHERS]));
    await assert.rejects(
      labelsIn(other, grouped, 'test'),
      /Expected 38 classes in "color_test\.txt", got 36/,
    );
  });
});

describe('PlantVillage of Mendeley', () => {
  const outer = 'Plant_leave_diseases_dataset_without_augmentation';
  const archive = 'Plant_leaf_diseases_dataset_without_augmentation.zip';
  const files = async (): Promise<Members> => ({
    [`${outer}/Apple___Cedar_apple_rust/image (1).JPG`]: await plainPicture(1),
    [`${outer}/Background_without_leaves/image (1).jpg`]: await plainPicture(2),
    [`${outer}/Cherry___Powdery_mildew/image (1).JPG`]: 'cut',
    [`__MACOSX/${outer}/Cherry___Powdery_mildew/._image (1).JPG`]: 'of macOS',
    [`${outer}/Apple___healthy/image (10).JPG`]: await plainPicture(3),
    [`${outer}/.DS_Store`]: 'of macOS',
    ...filling(35, (name) => `${outer}/${name}/1.JPG`),
  });
  const expected = [
    ['Apple___Cedar_apple_rust/image (1).JPG', 0],
    ['Cherry___Powdery_mildew/image (1).JPG', 2],
    ['Apple___healthy/image (10).JPG', 1],
  ];

  it('leaves out the background, which would shift every later label', async () => {
    const folder = temporaryFolder();
    await publish(folder, archive, await files());
    assert.deepEqual(unfilled(await labelsIn(folder, mendeley, 'all')), expected);
    const { classes } = await mendeley.prompts(filesIn(folder, mendeley).files);
    assert.deepEqual(classes.slice(0, 3), [
      'apple leaf with Cedar apple rust',
      'healthy apple leaf',
      'cherry leaf with Powdery mildew',
    ]);
  });

  it('reads what the archive unpacks to', async () => {
    const folder = temporaryFolder();
    unpack(folder, await files());
    assert.deepEqual(unfilled(await labelsIn(folder, mendeley, 'all')), [
      expected[0],
      expected[2],
      expected[1],
    ]);
  });
});
