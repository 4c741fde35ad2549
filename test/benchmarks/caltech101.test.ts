import assert from 'node:assert/strict';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { tarOf, temporaryFolder } from '../data/fixtures';
import { filesIn, type Members, publish, unpack } from './archives';
import {
  assertPictures,
  expected,
  folderAnswers,
  inFolder,
  inNameOrder,
  pictureMembers,
  readSplit,
} from './folderAnswers';

const caltech101 = benchmarkOf('caltech101') as ClassificationBenchmark;
const answers = folderAnswers('caltech101');
const all = expected(answers, 'all');
const pictures: Members = inFolder('101_ObjectCategories/', {
  'BACKGROUND_Google/tmp': 'no picture',
  ...pictureMembers(answers),
  'accordion/._image_0001.jpg': 'a Macintosh’s own',
});

const inner = async (members = pictures) => gzipSync(await tarOf(members));
const outer = async (members = pictures): Promise<Members> => ({
  '__MACOSX/caltech-101/._101_ObjectCategories.tar.gz': 'a Macintosh’s own',
  'caltech-101/Annotations.tar': await tarOf({ 'Annotations/accordion/annotation_0001.mat': '' }),
  'caltech-101/101_ObjectCategories.tar.gz': await inner(members),
  'caltech-101/show_annotation.m': '',
});

describe('Caltech-101', () => {
  const places: Record<string, (folder: string) => Promise<void> | void> = {
    'the zip with its archive inside': async (folder) => publish(folder, 'caltech-101.zip', await outer()),
    'that archive alone': (folder) => publish(folder, '101_ObjectCategories.tar.gz', pictures),
    'the zip unpacked': async (folder) => unpack(folder, await outer()),
  };
  for (const [what, place] of Object.entries(places)) {
    it(`labels the pictures of ${what} as CLIP_benchmark does, in the archive's order`, async () => {
      const folder = temporaryFolder();
      await place(folder);
      const { pictures: found, absent } = await readSplit(folder, caltech101, 'all');
      assertPictures(found, all);
      assert.deepEqual([found.length, absent], [204, []]);
    });
  }

  for (const parent of ['caltech-101', '']) {
    it(`reads the same unpacked to the end in "${parent}", in the order of names`, async () => {
      const folder = temporaryFolder();
      unpack(join(folder, parent), { ...pictures, 'Annotations/accordion/annotation_0001.mat': '' });
      assertPictures((await readSplit(folder, caltech101, 'all')).pictures, inNameOrder(all));
    });
  }

  it('has CLIP_benchmark’s names in the order of its folders, capitals first, not in VTAB’s', async () => {
    const { classes, templates } = await caltech101.prompts(filesIn(temporaryFolder(), caltech101).files);
    assert.deepEqual(classes, answers.classes);
    const labelOf = (folder: string) => all.find(([key]) => key.startsWith(`${folder}/`))![1];
    assert.deepEqual(
      ['BACKGROUND_Google', 'Faces', 'Faces_easy', 'accordion', 'yin_yang'].map(
        (folder) => classes[labelOf(folder)],
      ),
      ['background', 'off-center face', 'centered face', 'accordion', 'yin and yang symbol'],
    );
    assert.equal((templates as string[]).length, 34);
  });

  it('refuses an archive that lacks a folder, as all labels after it would be wrong', async () => {
    const folder = temporaryFolder();
    const lacking = Object.entries(pictures).filter(([name]) => !name.includes('/Faces/'));
    await publish(folder, 'caltech-101.zip', await outer(Object.fromEntries(lacking)));
    await assert.rejects(
      readSplit(folder, caltech101, 'all'),
      /^Error: Expected 102 classes in the folders of pictures in "caltech-101\/101_ObjectCategories\.tar\.gz" in ".*caltech-101\.zip", got 101;/,
    );
  });

  it('refuses a zip without pictures, and a damaged archive inside', async () => {
    const folder = temporaryFolder();
    await publish(folder, 'caltech-101.zip', { 'caltech-101/Annotations.tar': '' });
    await assert.rejects(
      readSplit(folder, caltech101, 'all'),
      /Expected "101_ObjectCategories\.tar\.gz", or what is in it, in ".*caltech-101\.zip"; is it whole\?/,
    );
    await publish(folder, 'caltech-101.zip', {
      'caltech-101/101_ObjectCategories.tar.gz': (await inner()).subarray(0, 900),
    });
    await assert.rejects(
      readSplit(folder, caltech101, 'all'),
      /The archive "caltech-101\/101_ObjectCategories\.tar\.gz" in ".*caltech-101\.zip" ends early or is damaged/,
    );
  });
});
