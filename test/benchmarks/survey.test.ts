import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { differencesFrom, presentFiles, readableSplits, surveySplit } from '../../src/benchmarks';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { unpack } from './archives';
import { type TinySet, tinySet } from './tinySet';

describe('surveySplit', () => {
  const folder = temporaryFolder();
  let tiny: TinySet;
  before(async () => {
    tiny = await tinySet();
    for (const [name, content] of Object.entries(tiny.contents)) writeFileSync(join(folder, name), content);
  });

  it('counts pictures by class and names what is absent, and how that differs from what is published', async () => {
    const told: number[] = [];
    const survey = await surveySplit(tiny.benchmark, folder, 'test', { onProgress: (n) => told.push(n) });
    assert.deepEqual(
      [survey.pictures, survey.perClass, survey.captions, survey.absent, survey.kept],
      [8, [2, 4, 2], 0, ['absent.png'], []],
    );
    assert.deepEqual(told, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual(differencesFrom(tiny.benchmark, survey), [
      'Expected 9 pictures in the test split of Tiny <Set>, got 8.',
      'Absent from the files of the test split of Tiny <Set>, though its lists name them, are 1 pictures: absent.png.',
    ]);
  });

  it('says nothing where nothing differs or nothing is published, and finds empty classes', async () => {
    const { benchmark } = tiny;
    const survey = await surveySplit(benchmark, folder, 'test');
    const whole = { ...survey, absent: [] };
    assert.deepEqual(differencesFrom({ ...benchmark, splits: { test: undefined } }, whole), []);
    assert.deepEqual(differencesFrom({ ...benchmark, splits: { test: 8 } }, whole), []);
    const [flaw] = differencesFrom(benchmark, await surveySplit(benchmark, folder, 'train'));
    assert.equal(flaw, 'Classes without a picture in the train split of Tiny <Set>: 2 of 3.');
  });

  it('compares captions of the tested split alone', async () => {
    const { benchmark } = tiny;
    const retrieval = { ...benchmark, task: 'retrieval' as const, captions: 40, read: captioned };
    const survey = await surveySplit(retrieval, folder, 'test', { keep: 1 });
    assert.deepEqual([survey.pictures, survey.captions, survey.perClass], [2, 11, []]);
    assert.match(
      differencesFrom(retrieval, survey)[1],
      /^Expected 40 captions in the test split .+, got 11\.$/,
    );
    const train = { ...survey, split: 'train', pictures: 1 };
    assert.deepEqual(differencesFrom(retrieval, train), []);
  });

  it('keeps pictures drawn by the seed, each as often, in the archive’s order', async () => {
    const keysBy = async (seed: number) => {
      const { kept } = await surveySplit(tiny.benchmark, folder, 'test', { keep: 3, seed });
      return kept.map(({ key }) => key);
    };
    assert.deepEqual(await keysBy(1), await keysBy(1));
    const counts: Record<string, number> = {};
    for (let seed = 0; seed < 200; seed++) {
      const keys = await keysBy(seed);
      assert.deepEqual([keys.length, keys], [3, [...keys].sort()]);
      for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
    }
    // 75 of 200 each; the standard deviation is 6.8.
    assert.equal(Object.keys(counts).length, 8);
    for (const count of Object.values(counts)) assert.ok(count > 48 && count < 102, JSON.stringify(counts));
    const all = await surveySplit(tiny.benchmark, folder, 'test', { keep: 20 });
    assert.equal(all.kept.length, 8);
  });

  it('refuses splits and labels that are none, and stops by the signal', async () => {
    const { benchmark } = tiny;
    await assert.rejects(surveySplit(benchmark, folder, 'val'), {
      message: 'Tiny <Set> has no split "val"; it has train, test, and tables report test.',
    });
    await assert.rejects(surveySplit({ ...benchmark, classes: 2 }, folder, 'test'), {
      message: 'Expected labels from 0 to 1 in Tiny <Set>, got 2 at "3.png"; get its files again.',
    });
    const signal = AbortSignal.abort();
    await assert.rejects(surveySplit(benchmark, folder, 'test', { signal }), { name: 'RunInterruptedError' });
  });
});

describe('presentFiles', () => {
  const folder = temporaryFolder();

  it('tells what lies there as published, unpacked, in another form, or not at all', async () => {
    const { benchmark, contents } = await tinySet();
    const [pictures, labels, train] = benchmark.files;
    const set = { ...benchmark, files: [pictures, { ...labels, instead: ['labels.csv'] }, train] };
    const states = (split?: string) => presentFiles(set, folder, split).map(({ state }) => state);
    assert.deepEqual(states(), ['missing', 'missing', 'missing']);
    assert.deepEqual(readableSplits(set, join(folder, 'nowhere')), []);
    unpack(folder, { 'tiny/0.png': await plainPicture(1), 'labels.csv': 'x' });
    assert.deepEqual(states(), ['unpacked', 'instead', 'missing']);
    assert.deepEqual(readableSplits(set, folder), ['test']);
    writeFileSync(join(folder, 'labels.txt'), contents['labels.txt']);
    writeFileSync(join(folder, 'train.tar'), contents['train.tar']);
    assert.deepEqual(states(), ['unpacked', 'here', 'here']);
    assert.deepEqual(states('test'), ['unpacked', 'here']);
    assert.equal(presentFiles(set, folder)[1].bytes, contents['labels.txt'].length);
  });
});

/** Two pictures, of five and of six captions. */
async function* captioned() {
  const image = await plainPicture(1);
  yield { key: 'a.jpg', image, texts: Array(5).fill('a dog') };
  yield { key: 'b.jpg', image, texts: Array(6).fill('a cat') };
}
