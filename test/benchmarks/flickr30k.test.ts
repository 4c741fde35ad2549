import assert from 'node:assert/strict';
import { benchmarkOf, type RetrievalBenchmark } from '../../src/benchmarks';
import { tarOf, temporaryFolder } from '../data/fixtures';
import { type Members, publish, unpack } from './archives';
import { captionsIn } from './captions';

const flickr = benchmarkOf('flickr30k') as RetrievalBenchmark;

const PICTURES: Members = {
  'flickr30k-images/1007129816.jpg': Buffer.from([1]),
  'flickr30k-images/._1009434119.jpg': 'what macOS leaves in archives',
  'flickr30k-images/1000092795.jpg': Buffer.from([9]),
  'flickr30k-images/1009434119.jpg': Buffer.from([2]),
};

/** Captions with commas, quotes and ".jpg," in them; those of one picture stand apart; the last line has no end. */
const LINES = `image,caption\r
1009434119.jpg,"A black and white dog, running" .\r
1007129816.jpg,The man, with pierced ears, is wearing glasses .\r
\r
101362133.jpg,A child , in karate clothes\r
1009434119.jpg,A dog named rex.jpg, running .\r
1007129816.jpg,A man with glasses is wearing a beer can crocheted hat .`;

const EXPECTED = {
  captions: [
    [
      '1007129816.jpg',
      [
        'The man, with pierced ears, is wearing glasses .',
        'A man with glasses is wearing a beer can crocheted hat .',
      ],
    ],
    ['1009434119.jpg', ['"A black and white dog, running" .', 'A dog named rex.jpg, running .']],
  ],
  bytes: [1, 2],
  absent: ['101362133.jpg'],
};

describe('Flickr30k', () => {
  it("reads CLIP_benchmark's lines: grouped by picture, split at the first comma after a picture's name", async () => {
    const folder = temporaryFolder();
    await publish(folder, 'flickr30k_test_karpathy.txt', LINES);
    await publish(folder, 'flickr30k-images.tar.gz', PICTURES);
    assert.deepEqual(await captionsIn(folder, flickr, 'test'), EXPECTED);
    // As some copies are: a plain tar in spite of its name.
    await publish(folder, 'flickr30k-images.tar.gz', await tarOf(PICTURES));
    assert.deepEqual(await captionsIn(folder, flickr, 'test'), EXPECTED);
  });

  it("reads Karpathy's file and an unpacked folder", async () => {
    const folder = temporaryFolder();
    const images = [
      { split: 'val', filename: '1000092795.jpg', sentences: [{ raw: 'Two men.' }] },
      { split: 'test', filename: '1009434119.jpg', sentences: [{ raw: 'A dog.' }, { raw: 'A dog.' }] },
    ];
    await publish(folder, 'dataset_flickr30k.json', JSON.stringify({ images, dataset: 'flickr30k' }));
    unpack(folder, PICTURES);
    assert.deepEqual((await captionsIn(folder, flickr, 'test')).captions, [
      ['1009434119.jpg', ['A dog.', 'A dog.']],
    ]);
    assert.deepEqual((await captionsIn(folder, flickr, 'val')).captions, [['1000092795.jpg', ['Two men.']]]);
  });

  it('refuses a line without a picture, and says where the pictures are asked for', async () => {
    const folder = temporaryFolder();
    await publish(folder, 'flickr30k_test_karpathy.txt', 'image,caption\n12.jpg,One\nA second line of it\n');
    await assert.rejects(
      captionsIn(folder, flickr, 'test'),
      /Expected "picture\.jpg,caption" in line 3 of .*, got "A second line of it"/,
    );
    await publish(folder, 'flickr30k_test_karpathy.txt', LINES);
    await assert.rejects(
      captionsIn(folder, flickr, 'test'),
      /get it from https:\/\/shannon\.cs\.illinois\.edu/,
    );
  });
});
