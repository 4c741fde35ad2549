import assert from 'node:assert/strict';
import { benchmarkOf, type RetrievalBenchmark } from '../../src/benchmarks';
import { temporaryFolder } from '../data/fixtures';
import { type Members, publish, unpack } from './archives';
import { captionsIn } from './captions';

const coco = benchmarkOf('mscoco_captions') as RetrievalBenchmark;

const nameOf = (id: number, folder = 'val2014') => `COCO_${folder}_${String(id).padStart(12, '0')}.jpg`;
const [HORSE, MOTORBIKE, KITCHEN, GONE, TRAINED] = [
  nameOf(522418),
  nameOf(391895),
  nameOf(60623),
  nameOf(9),
  nameOf(57870, 'train2014'),
];

/** In the zip's own order, which is neither that of names nor that of the lists; one is of no split at all. */
const VAL: Members = {
  [`val2014/${HORSE}`]: Buffer.from([1]),
  [`val2014/${nameOf(42)}`]: Buffer.from([9]),
  [`val2014/${MOTORBIKE}`]: Buffer.from([2]),
  [`val2014/${KITCHEN}`]: Buffer.from([3]),
};

/** Six captions of one picture, one of them with two spaces and an end of line, and one that another picture has, too. */
const HORSE_TEXTS = [
  'A horse.',
  'A  brown horse.\n',
  'A horse in a field.',
  'Horse',
  'A  horse',
  'A man, a horse',
];
const BIKE_TEXTS = ['A man on a motorbike.', 'A horse.'];

const picture = (split: string, filename: string, texts: string[]) => ({
  filepath: filename.split('_')[1],
  filename,
  split,
  cocoid: 1,
  sentences: texts.map((raw) => ({ tokens: raw.split(' '), raw })),
});

/** Karpathy's file, of which the test split is only a part. */
const KARPATHY = JSON.stringify({
  dataset: 'coco',
  images: [
    picture('test', MOTORBIKE, BIKE_TEXTS),
    picture('restval', KITCHEN, ['A kitchen.']),
    picture('test', GONE, ['Gone.']),
    picture('train', TRAINED, ['A restaurant.']),
    picture('test', HORSE, HORSE_TEXTS),
  ],
});

/** The same test split as CLIP_benchmark reads it: captions apart from pictures, in an order of their own. */
const COCO = JSON.stringify({
  images: [MOTORBIKE, GONE, HORSE].map((file_name, id) => ({ id, file_name })),
  annotations: [
    { image_id: 2, id: 1, caption: HORSE_TEXTS[0] },
    { image_id: 0, id: 2, caption: BIKE_TEXTS[0] },
    { image_id: 1, id: 3, caption: 'Gone.' },
    ...HORSE_TEXTS.slice(1).map((caption, i) => ({ image_id: 2, id: 4 + i, caption })),
    { image_id: 0, id: 20, caption: BIKE_TEXTS[1] },
  ],
});

const EXPECTED = {
  captions: [
    [HORSE, HORSE_TEXTS],
    [MOTORBIKE, BIKE_TEXTS],
  ],
  bytes: [1, 2],
  absent: [GONE],
};

describe('MS-COCO captions', () => {
  it("reads CLIP_benchmark's file, in the order of the pictures' archive, and keeps every caption as it stands", async () => {
    const folder = temporaryFolder();
    await publish(folder, 'coco_test_karpathy.json', COCO);
    await publish(folder, 'val2014.zip', VAL);
    assert.deepEqual(await captionsIn(folder, coco, 'test'), EXPECTED);
  });

  it("reads the same from Karpathy's archive", async () => {
    const folder = temporaryFolder();
    await publish(folder, 'caption_datasets.zip', {
      'dataset_flickr30k.json': '{"images": []}',
      'dataset_coco.json': KARPATHY,
    });
    await publish(folder, 'val2014.zip', VAL);
    assert.deepEqual(await captionsIn(folder, coco, 'test'), EXPECTED);
  });

  it('reads what was unpacked, in the order of names; pictures of "restval" train, and lie in two archives', async () => {
    const folder = temporaryFolder();
    await publish(folder, 'dataset_coco.json', KARPATHY);
    unpack(folder, VAL);
    unpack(folder, { [`train2014/${TRAINED}`]: Buffer.from([4]) });
    assert.deepEqual((await captionsIn(folder, coco, 'test')).captions, [...EXPECTED.captions].reverse());
    assert.deepEqual(await captionsIn(folder, coco, 'train'), {
      captions: [
        [TRAINED, ['A restaurant.']],
        [KITCHEN, ['A kitchen.']],
      ],
      bytes: [4, 3],
      absent: [],
    });
  });

  it('refuses files that are something else', async () => {
    const folder = temporaryFolder();
    unpack(folder, VAL);
    await assert.rejects(
      captionsIn(folder, coco, 'test'),
      /"coco_test_karpathy\.json" in ".*github.com\/mehdidc\/.*or "dataset_coco\.json" in its place/,
    );
    await publish(folder, 'dataset_coco.json', '{"images": [{"id": 1, "file_name": "x.jpg"}]}');
    await assert.rejects(captionsIn(folder, coco, 'test'), /Expected Karpathy's "images" with "split"/);
    await publish(folder, 'dataset_coco.json', KARPATHY.slice(0, 100));
    await assert.rejects(captionsIn(folder, coco, 'test'), /Expected Karpathy's "images" with "split"/);
    const sound = { split: 'test', filename: 'x.jpg', sentences: [{ raw: 'a cat' }] };
    for (const odd of [
      null,
      { ...sound, sentences: {} },
      { ...sound, sentences: [7] },
      { ...sound, filename: 1 },
    ]) {
      await publish(folder, 'dataset_coco.json', JSON.stringify({ images: [sound, odd] }));
      await assert.rejects(captionsIn(folder, coco, 'test'), /Expected Karpathy's "images" with "split"/);
    }
    await publish(folder, 'dataset_coco.json', KARPATHY);
    await assert.rejects(captionsIn(folder, coco, 'val'), /captions of the split "val" in .*, but got none/);
    await publish(folder, 'coco_test_karpathy.json', COCO.replace('"image_id":1', '"image_id":7'));
    await assert.rejects(captionsIn(folder, coco, 'test'), /Expected a picture 7 among the "images"/);
  });
});
