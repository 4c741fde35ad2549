import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { readableSplits } from '../../src/benchmarks/presentFiles';
import { synsetsOf } from '../../src/benchmarks/synsets';
import { OPENAI_PREPROCESS, preprocessPixels, projectRoot } from '../../src/data';
import { readTarMembers } from '../../src/files/tarMembers';
import { plainPicture, tarOf, temporaryFolder } from '../data/fixtures';
import { annotatedAnswers, asMembers, inArchiveOrder } from './annotatedAnswers';
import { filesIn, type Members, publish, unpack } from './archives';
import { assertPictures, inNameOrder, readSplit } from './folderAnswers';

const imagenet = benchmarkOf('imagenet1k') as ClassificationBenchmark;
const { lists, pictures } = annotatedAnswers('imagenet1k');
const [VAL, DEVKIT, TRAIN] = imagenet.files.map(({ name }) => name);
const TRUTH = 'ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt';
const KAGGLE = 'ILSVRC/Data/CLS-LOC';

/** CLIP_benchmark calls the validation pictures "test". */
const val = inArchiveOrder(pictures.test);
/** Where torchvision puts them: `val/n01751748/ILSVRC2012_val_00000001.JPEG`. */
const bySynset: Members = Object.fromEntries(pictures.test.map(([path]) => [path, path.split('/')[2]]));

describe('ImageNet’s validation pictures', () => {
  it('are labelled through the devkit as torchvision does, in the archive’s order', async () => {
    const folder = temporaryFolder();
    await publish(folder, VAL, asMembers(val));
    await publish(folder, DEVKIT, lists);
    const found = await readSplit(folder, imagenet, 'val');
    assertPictures(found.pictures, val);
    assert.deepEqual(found.absent, []);

    // The naive labels, the devkit's numbers less one, are wrong for every picture.
    const numbers = String(lists[TRUTH]).trim().split('\n').map(Number);
    assert.deepEqual(numbers, [490, 361, 171, 822, 297]);
    const labels = inNameOrder(val).map(([, label]) => label);
    assert.deepEqual(labels, [65, 970, 230, 809, 516]);
    assert.ok(labels.every((label, i) => label !== numbers[i] - 1));
  });

  it('are read the same where archives were unpacked, flat or by synset; then nobody needs the devkit', async () => {
    const [flat, sorted] = [temporaryFolder(), temporaryFolder()];
    unpack(flat, { ...asMembers(val, 'val/'), ...lists });
    unpack(sorted, {
      ...bySynset,
      'val/n01440764/ILSVRC2012_val_00000293.JPEG': 'ILSVRC2012_val_00000293.JPEG',
    });
    assertPictures((await readSplit(flat, imagenet, 'val')).pictures, inNameOrder(val));
    const found = await readSplit(sorted, imagenet, 'val');
    assert.deepEqual(inNameOrder(found.pictures.map(({ key, label }) => [key, label])), [
      ...inNameOrder(val),
      ['ILSVRC2012_val_00000293.JPEG', 0],
    ]);
    assert.deepEqual([readableSplits(imagenet, flat), readableSplits(imagenet, sorted)], [['val'], ['val']]);
  });

  it('by synset are told to be absent by a list, if there is one', async () => {
    const folder = temporaryFolder();
    const [[gone], ...rest] = Object.entries(bySynset);
    unpack(folder, { ...Object.fromEntries(rest), 'val/n01440764/unknown.JPEG': '', ...lists });
    const found = await readSplit(folder, imagenet, 'val');
    const name = gone.slice(gone.lastIndexOf('/') + 1);
    assert.deepEqual(found.absent, [name]);
    const others = val.filter(([key]) => key !== name);
    assert.deepEqual(inNameOrder(found.pictures.map(({ key, label }) => [key, label])), inNameOrder(others));
  });

  it('are read from Kaggle’s folders by its list, boxes and all', async () => {
    const folder = temporaryFolder();
    const rows = pictures.test.map(([path]) => {
      const [, synset, picture] = path.split('/');
      return `${picture.replace('.JPEG', '')},${synset} 85 1 499 272 ${synset} 5 6 7 8 `;
    });
    const list = ['ImageId,PredictionString', ...rows.reverse()].join('\r\n');
    unpack(folder, { ...asMembers(val, `${KAGGLE}/val/`), 'LOC_val_solution.csv': list });
    assertPictures((await readSplit(folder, imagenet, 'val')).pictures, inNameOrder(val));

    unpack(folder, {
      'LOC_val_solution.csv': 'ImageId,PredictionString\nILSVRC2012_val_00000001,n00003553 1 2 3 4\n',
    });
    await assert.rejects(
      readSplit(folder, imagenet, 'val'),
      /Expected one of ImageNet's 1000 classes for "ILSVRC2012_val_00000001" in ".*solution\.csv", got "n00003553"/,
    );
  });

  it('keep their labels where others are absent', async () => {
    const folder = temporaryFolder();
    await publish(folder, VAL, asMembers(inNameOrder(val).slice(1)));
    await publish(folder, DEVKIT, lists);
    const found = await readSplit(folder, imagenet, 'val');
    assertPictures(found.pictures, inNameOrder(val).slice(1));
    assert.deepEqual(found.absent, ['ILSVRC2012_val_00000001.JPEG']);
  });

  it('are refused with a truth of other classes, and without any', async () => {
    const folder = temporaryFolder();
    await publish(folder, VAL, asMembers(val));
    await assert.rejects(
      readSplit(folder, imagenet, 'val'),
      /Expected ImageNet-1K's "ILSVRC2012_devkit_t12\.tar\.gz" .* or "LOC_val_solution\.csv" in its place/,
    );
    // A synset above the classes, and none at all.
    for (const [id, got] of [
      [1001, 'n04576211'],
      [0, 'ILSVRC id 0'],
    ]) {
      await publish(folder, DEVKIT, { ...lists, [TRUTH]: `490\n${id}\n` });
      await assert.rejects(
        readSplit(folder, imagenet, 'val'),
        new RegExp(`classes for "ILSVRC2012_val_00000002" in ".*devkit_t12.tar.gz", got "${got}";`),
      );
    }
  });

  it('are decoded to RGB where they are CMYK, or PNG in spite of their name', async () => {
    const folder = temporaryFolder();
    const cmyk = await sharp(await plainPicture(200))
      .toColourspace('cmyk')
      .jpeg({ quality: 100 })
      .toBuffer();
    assert.equal((await sharp(cmyk).metadata()).space, 'cmyk');
    unpack(folder, { 'val/n01440764/1.JPEG': cmyk, 'val/n01440764/2.JPEG': await plainPicture(200) });
    for (const { image } of (await readSplit(folder, imagenet, 'val')).pictures) {
      const pixels = await preprocessPixels(image, OPENAI_PREPROCESS(8));
      assert.equal(pixels.length, 8 * 8 * 3);
      assert.ok(pixels[0] > 150 && pixels[1] < 90 && pixels[2] < 90, `${pixels.subarray(0, 3)}`);
    }
  });

  it('have CLIP’s 1,000 names, of which 998 are distinct', async () => {
    const { classes, templates } = await imagenet.prompts(filesIn(temporaryFolder(), imagenet).files);
    assert.deepEqual([classes.length, new Set(classes).size, templates.length], [1000, 998, 80]);
    assert.deepEqual([classes[0], classes[65], classes[999]], ['tench', 'sea snake', 'toilet paper']);
  });
});

describe('ImageNet’s training pictures', () => {
  /** `n01751748/n01751748_10026.JPEG`, as the keys are. */
  const train = pictures.train.map(([path, label]): [string, number] => [path.slice('train/'.length), label]);
  const synsets = [...new Set(train.map(([key]) => key.split('/')[0]))].reverse();

  it('are read from an archive of archives, and the same from a folder for each class', async () => {
    const [packed, unpacked] = [temporaryFolder(), temporaryFolder()];
    const inner = synsets.map(async (synset) => {
      const own = train.filter(([key]) => key.startsWith(synset));
      const members = own.map(([key]) => [key.split('/')[1], key]);
      return [`${synset}.tar`, await tarOf(Object.fromEntries(members))];
    });
    await publish(packed, TRAIN, Object.fromEntries(await Promise.all(inner)));
    unpack(unpacked, asMembers(train, 'train/'));
    const expected = synsets.flatMap((synset) => train.filter(([key]) => key.startsWith(synset)));
    assertPictures((await readSplit(packed, imagenet, 'train')).pictures, expected);
    assertPictures((await readSplit(unpacked, imagenet, 'train')).pictures, inNameOrder(train));
  });

  it('are refused from a damaged archive within, by its name', async () => {
    const folder = temporaryFolder();
    const whole = await tarOf({ 'n01440764_7.JPEG': Buffer.alloc(2000) });
    await publish(folder, TRAIN, { 'n01440764.tar': whole.subarray(0, 1500) });
    await assert.rejects(
      readSplit(folder, imagenet, 'train'),
      /The archive "n01440764\.tar" in ".*train\.tar" ends early/,
    );
  });
});

describe('the sample of ImageNet beside the project', () => {
  const sample = join(projectRoot(), '../shared/data/imagenet-sample-128.tar');

  before(function () {
    if (existsSync(sample)) return;
    console.log('      skipped: there is no imagenet-sample-128.tar in ../shared/data');
    this.skip();
  });

  it('is read as validation pictures by synset; each class has the name that the picture’s file has, or a synonym', async () => {
    const folder = temporaryFolder();
    const names = new Map<string, string>();
    for await (const { name, content } of readTarMembers(sample)) {
      const [, synset, words] = /(n\d{8})_(.*)\.JPEG$/.exec(name)!;
      names.set(`${synset}.JPEG`, words.replaceAll('_', ' ').toLowerCase());
      unpack(folder, { [`val/${synset}/${synset}.JPEG`]: content });
    }
    const { classes } = await imagenet.prompts(filesIn(folder, imagenet).files);
    const found = (await readSplit(folder, imagenet, 'val')).pictures;
    assert.equal(found.length, 814);
    const equal = (step: number) =>
      found.filter(({ key, label }) => classes[label + step]?.toLowerCase() === names.get(key)).length;
    // The others are synonyms, such as "cock" for CLIP's "rooster". One class too many or too few names none of them, but for one of two “maillot”.
    assert.deepEqual([equal(0), equal(1), equal(-1)], [578, 0, 1]);
    for (const { key, label, image } of found.filter((_, i) => i % 20 === 0)) {
      assert.equal(synsetsOf('imagenet1k')[label], key.slice(0, 9));
      assert.equal((await preprocessPixels(image, OPENAI_PREPROCESS(32))).length, 32 * 32 * 3);
    }
  });
});
