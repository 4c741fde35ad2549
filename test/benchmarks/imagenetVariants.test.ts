import assert from 'node:assert/strict';
import { benchmarkOf, type ClassificationBenchmark } from '../../src/benchmarks';
import { synsetsOf } from '../../src/benchmarks/synsets';
import { tarOf, temporaryFolder } from '../data/fixtures';
import { annotatedAnswers, asMembers } from './annotatedAnswers';
import { filesIn, publish, unpack } from './archives';
import { assertPictures, readSplit } from './folderAnswers';

const setOf = (id: string) => benchmarkOf(id) as ClassificationBenchmark;

describe('pictures of ImageNet’s classes from elsewhere', () => {
  for (const id of ['imagenet-a', 'imagenet-r'] as const) {
    it(`have labels and names of their own 200 classes, as in CLIP_benchmark: ${id}`, async () => {
      const { classes, pictures } = annotatedAnswers(id);
      const folder = temporaryFolder();
      const shuffled = [...pictures.test].reverse();
      await publish(folder, `${id}.tar`, { [`${id}/README.txt`]: '', ...asMembers(shuffled, `${id}/`) });
      assertPictures((await readSplit(folder, setOf(id), 'test')).pictures, shuffled);
      const prompts = await setOf(id).prompts(filesIn(folder, setOf(id)).files);
      assert.deepEqual([prompts.classes, prompts.templates.length], [classes, 80]);
      // The rank among all classes is another.
      const ranks = synsetsOf(id).map((synset) => synsetsOf('imagenet1k').indexOf(synset));
      assert.ok(ranks.every((rank, label) => rank !== label));
    });
  }

  it('are read unpacked, with their long names; folders of other classes are passed over', async () => {
    const folder = temporaryFolder();
    const key = 'n02009912/0.006390_golfcart _ golfcart_0.5235538.jpg';
    unpack(folder, { [`imagenet-a/${key}`]: key, 'imagenet-a/n01440764/0.jpg': 'a tench' });
    const label = synsetsOf('imagenet-a').indexOf('n02009912');
    assertPictures((await readSplit(folder, setOf('imagenet-a'), 'test')).pictures, [[key, label]]);
  });

  it('are labelled by number in ImageNet-V2, where names sorted as texts go wrong', async () => {
    const folder = temporaryFolder();
    const keys = ['10/a.jpeg', '2/b.jpeg', '999/c.jpeg', '0/d.jpeg'];
    const members = Object.fromEntries(
      keys.map((key) => [`imagenetv2-matched-frequency-format-val/${key}`, key]),
    );
    // A plain tar, as published.
    await publish(folder, 'imagenetv2-matched-frequency.tar.gz', await tarOf(members));
    const { pictures } = await readSplit(folder, setOf('imagenetv2'), 'test');
    assertPictures(
      pictures,
      keys.map((key) => [key, Number.parseInt(key, 10)]),
    );
    const asTexts = Array.from({ length: 1000 }, (_, i) => String(i)).sort();
    assert.equal(asTexts.indexOf('2'), 112);
    const { classes } = await setOf('imagenetv2').prompts(filesIn(folder, setOf('imagenetv2')).files);
    assert.equal(classes[999], 'toilet paper');
  });

  it('are read from ImageNet-Sketch’s zip, without what macOS adds', async () => {
    const folder = temporaryFolder();
    await publish(folder, 'ImageNet-Sketch.zip', {
      '__MACOSX/sketch/n01440764/._sketch_0.JPEG': 'no picture',
      'sketch/n15075141/sketch_3.JPEG': 'n15075141/sketch_3.JPEG',
      'sketch/n01440764/sketch_0.JPEG': 'n01440764/sketch_0.JPEG',
    });
    assertPictures((await readSplit(folder, setOf('imagenet_sketch'), 'test')).pictures, [
      ['n15075141/sketch_3.JPEG', 999],
      ['n01440764/sketch_0.JPEG', 0],
    ]);
  });
});
