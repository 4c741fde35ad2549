import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClassificationBenchmark, LabelledPicture } from '../../src/benchmarks';
import { collect } from '../data/fixtures';
import { filesIn, type Members } from './archives';

/** A set in miniature and what CLIP_benchmark reads of it: see `test/golden/folderBenchmarks.py`. */
export interface FolderAnswers {
  /** The lists of the set by name. */
  lists: Record<string, string>;
  classes: string[];
  /** Split and label by picture, in the archive's order. */
  pictures: Record<string, [split: string, label: number]>;
}

export function folderAnswers(id: string): FolderAnswers {
  return JSON.parse(readFileSync(join(__dirname, '../golden/folderBenchmarks.json'), 'utf8'))[id];
}

/** The pictures as files of an archive, each of which holds its own name. */
export function pictureMembers({ pictures }: FolderAnswers, folder = ''): Members {
  return Object.fromEntries(Object.keys(pictures).map((name) => [folder + name, name]));
}

/** The members with `folder` before their names. */
export function inFolder(folder: string, members: Members): Members {
  return Object.fromEntries(Object.entries(members).map(([name, content]) => [folder + name, content]));
}

/** The pictures of a split and the keys said to be absent. */
export async function readSplit(
  folder: string,
  benchmark: ClassificationBenchmark,
  split: string,
): Promise<{ pictures: LabelledPicture[]; absent: string[] }> {
  const { files, absent } = filesIn(folder, benchmark);
  return { pictures: await collect(benchmark.read(files, split)), absent };
}

/** Names and labels of a split by CLIP_benchmark, in the archive's order; keys begin after `folder`. */
export function expected({ pictures }: FolderAnswers, split: string, folder = ''): [string, number][] {
  const own = Object.entries(pictures).filter(([, [of]]) => of === split);
  return own.map(([name, [, label]]) => [name.slice(folder.length), label]);
}

/** Asserts that pictures come in this order, with these labels, each with the bytes that `pictureMembers` gave it. */
export function assertPictures(
  pictures: readonly LabelledPicture[],
  answers: readonly [string, number][],
  folder = '',
): void {
  assert.deepEqual(
    pictures.map(({ key, label }) => [key, label]),
    answers,
  );
  for (const { key, image } of pictures) assert.equal(String(image), folder + key);
}

/** Where a set lies, packed as published and unpacked. */
export interface Places {
  folder: string;
  unpacked: string;
}

/**
 * Tests that the lists of a set label the pictures of its folder `images` as torchvision does, packed and unpacked, one of each
 * class in each split and none of them absent.
 */
export function itReadsLists(
  benchmark: ClassificationBenchmark,
  answers: FolderAnswers,
  splits: readonly string[],
  { folder, unpacked }: Places,
): void {
  for (const split of splits) {
    it(`labels the ${split} pictures as torchvision does, in the archive's order`, async () => {
      const { pictures, absent } = await readSplit(folder, benchmark, split);
      assertPictures(pictures, expected(answers, split, 'images/'), 'images/');
      assert.deepEqual([pictures.length, absent], [answers.classes.length, []]);
    });
  }

  it('reads the same from the unpacked folder, in the order of names', async () => {
    const { pictures } = await readSplit(unpacked, benchmark, 'test');
    assertPictures(pictures, inNameOrder(expected(answers, 'test', 'images/')), 'images/');
  });
}

/** The answers in the order in which a folder gives its files. */
export function inNameOrder(answers: readonly [string, number][]): [string, number][] {
  return [...answers].sort(([a], [b]) => (a < b ? -1 : 1));
}
