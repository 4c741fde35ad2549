import assert from 'node:assert/strict';
import Papa from 'papaparse';
import { BENCHMARKS, benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { collect, plainPicture, temporaryFolder } from '../data/fixtures';
import metaAlbum from '../golden/metaAlbum.json';
import { filesIn, filling, labelsIn, type Members, publish, unpack } from './archives';

/** Pictures of each class, by the set's name. */
const golden: Record<string, Record<string, number>> = metaAlbum;
const idOf = (name: string) => `meta_album_${name.toLowerCase()}_mini`;
const fungi = benchmarkOf('meta_album_fng_mini') as ClassificationBenchmark;

/** Categories that need no pictures here. */
const OTHERS = Object.keys(filling(22, (name) => name));

/** Categories as they stand in Meta-Album's file, in an order that is not that of their names. */
const LABELS = `\
FILE_NAME,CATEGORY,SUPER_CATEGORY\r
2238474312-316644.JPG,Mycena rosea (Schumach.) Gramberg,Mycena\r
2816361340-208034.JPG,Agaricus impudicus (Rea) Pilát,Agaricus\r
2238470283-18312.JPG,"Amanita muscaria (L.) Lam., 1783",Amanita\r
2238470284-18313.JPG,Agaricus impudicus (Rea) Pilát,Agaricus\r
${OTHERS.map((name) => `${name}.JPG,${name},Other\r\n`).join('')}`;

async function members(): Promise<Members> {
  return {
    'FNG_Mini/images/2238470283-18312.JPG': await plainPicture(3),
    'FNG_Mini/images/2238470284-18313.JPG': 'no picture',
    'FNG_Mini/images/2816361340-208034.JPG': await plainPicture(2),
    'FNG_Mini/images/9999999999-99999.JPG': await plainPicture(9),
    'FNG_Mini/info.json': '{"dataset_name": "FNG_Mini"}',
    'FNG_Mini/labels.csv': LABELS,
  };
}

const EXPECTED = [
  ['images/2238470283-18312.JPG', 1],
  ['images/2238470284-18313.JPG', 0],
  ['images/2816361340-208034.JPG', 0],
];

describe('Meta-Album', () => {
  it('labels by category, in the order of names, and leaves damaged pictures to the evaluation', async () => {
    const folder = temporaryFolder();
    await publish(folder, 'FNG_Mini.zip', await members());
    const { files, absent } = filesIn(folder, fungi);
    const pictures = await collect(fungi.read(files, 'all'));
    assert.deepEqual(
      pictures.map(({ key, label }) => [key, label]),
      EXPECTED,
    );
    assert.equal(String(pictures[1].image), 'no picture');
    assert.deepEqual(absent, ['images/2238474312-316644.JPG', ...OTHERS.map((name) => `images/${name}.JPG`)]);
  });

  it('reads what the archive unpacks to, as OpenML’s package leaves it', async () => {
    const folder = temporaryFolder();
    unpack(folder, await members());
    assert.deepEqual(await labelsIn(folder, fungi, 'all'), EXPECTED);
  });

  it('takes the class strings as they stand, commas and authors too, with ImageNet’s 80 templates', async () => {
    const folder = temporaryFolder();
    await publish(folder, 'FNG_Mini.zip', await members());
    const { classes, templates } = await fungi.prompts(filesIn(folder, fungi).files);
    assert.deepEqual(classes.slice(0, 3), [
      'Agaricus impudicus (Rea) Pilát',
      'Amanita muscaria (L.) Lam., 1783',
      'Mycena rosea (Schumach.) Gramberg',
    ]);
    assert.equal((templates as string[]).length, 80);
  });

  it('refuses a list that is not Meta-Album’s', async () => {
    const other = async (labels: string) => {
      const folder = temporaryFolder();
      await publish(folder, 'FNG_Mini.zip', { 'FNG_Mini/labels.csv': labels });
      return labelsIn(folder, fungi, 'all');
    };
    await assert.rejects(
      other(',filepath,class\n0,a/b.jpg,a\n'),
      /Expected a column "FILE_NAME" in labels\.csv, but got , filepath, class/,
    );
    await assert.rejects(
      other(`${LABELS}2238470283-18312.JPG,Mycena,Mycena\n`),
      /which is there before; get it again/,
    );
    await assert.rejects(other(`${LABELS}1.JPG,,\n`), /got "1\.JPG" and ""; get it again/);
    await assert.rejects(
      other(`${LABELS}1.JPG,Boletus edulis Bull.,Boletus\n`),
      /Expected 25 classes in labels\.csv of "FNG_Mini\.zip", got 26/,
    );
  });

  it('holds the five columns of DALIP’s table under ids of their own', () => {
    const sets = Object.keys(golden).map((name) => benchmarkOf(idOf(name)));
    const titles = BENCHMARKS.map(({ title }) => title);
    assert.equal(new Set(titles).size, titles.length);
    assert.ok(sets.every(({ title }) => title.includes('Meta-Album Mini')));
  });

  for (const [name, counts] of Object.entries(golden)) {
    it(`has the classes and pictures of ${name} that BioCLIP tests`, async () => {
      const set = benchmarkOf(idOf(name)) as ClassificationBenchmark;
      const rows = Object.entries(counts).flatMap(([CATEGORY, count], label) =>
        Array.from({ length: count }, (_, i) => ({ FILE_NAME: `${label}-${i}.jpg`, CATEGORY })),
      );
      const folder = temporaryFolder();
      const pictures = rows.map(({ FILE_NAME }) => [`${name}_Mini/images/${FILE_NAME}`, 'not decoded']);
      unpack(folder, { ...Object.fromEntries(pictures), [`${name}_Mini/labels.csv`]: Papa.unparse(rows) });
      const { classes } = await set.prompts(filesIn(folder, set).files);
      assert.deepEqual(classes, Object.keys(counts).sort());
      assert.equal(classes.length, set.classes);
      const labelled = await labelsIn(folder, set, 'all');
      assert.equal(labelled.length, set.splits.all);
      const named = new Map(rows.map(({ FILE_NAME, CATEGORY }) => [`images/${FILE_NAME}`, CATEGORY]));
      for (const [key, label] of labelled) assert.equal(classes[label], named.get(key));
    });
  }
});
