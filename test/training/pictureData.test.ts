import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { type PictureDataOptions, pictureData, type TrainingBatch } from '../../src/training';
import { assertClose } from '../golden/compare';
import { tinyPictures, tinyTokenizer } from '../tiny';

const pictures = tinyPictures(10);
const tokenizer = tinyTokenizer();
const OPTIONS: PictureDataOptions = { batchSize: 4, seed: 3, imageSize: 16 };

const dataWith = (options: Partial<PictureDataOptions> = {}) =>
  pictureData(pictures, tokenizer, { ...OPTIONS, ...options });

/** A batch without tensors. */
async function read(batch: Promise<TrainingBatch>) {
  const { keys, images, texts, captions } = await batch;
  const pixels = images.dataSync();
  images.dispose();
  return { keys, pixels, texts, captions };
}

describe('pictureData', () => {
  before(() => startEngine());

  it('makes any batch again, in any order, whatever was asked before', async () => {
    const [data, other] = [dataWith(), dataWith()];
    const forwards = [];
    for (const step of [0, 1, 2, 3]) forwards.push(await read(data.batch(step)));
    const backwards = [];
    for (const step of [3, 2, 1, 0]) backwards.push(await read(other.batch(step)));
    assert.deepEqual(forwards, backwards.reverse());
    assert.notDeepEqual(forwards[0].pixels, forwards[1].pixels);
    assert.notDeepEqual((await read(dataWith({ seed: 4 }).batch(0))).keys, forwards[0].keys);
  });

  it('shows every picture at most once an epoch, and all where batches fill it', async () => {
    const data = dataWith({ batchSize: 5 });
    const epochs: string[][] = [];
    for (const epoch of [0, 1]) {
      const batches = [await read(data.batch(2 * epoch)), await read(data.batch(2 * epoch + 1))];
      epochs.push(batches.flatMap(({ keys }) => keys));
    }
    for (const keys of epochs) assert.deepEqual([...keys].sort(), [...pictures.keys].sort());
    assert.notDeepEqual(epochs[0], epochs[1]);
    const incomplete = dataWith();
    const keys = [...(await read(incomplete.batch(0))).keys, ...(await read(incomplete.batch(1))).keys];
    assert.equal(new Set(keys).size, 8);
  });

  it('gives pictures their own texts and captions', async () => {
    const { keys, texts, captions } = await read(
      dataWith({ captionOf: (index) => pictures.texts[index][1] }).batch(1),
    );
    const rows = ({ ids }: { ids: Int32Array }) =>
      keys.map((_, row) => [
        ...ids.subarray(row * tokenizer.contextLength, (row + 1) * tokenizer.contextLength),
      ]);
    keys.forEach((key, row) => {
      const own = pictures.texts[pictures.keys.indexOf(key)];
      const encoded = rows(tokenizer.tokenize(own));
      assert.deepEqual(rows(captions!)[row], encoded[1]);
      assert.ok([0, 1].some((i) => JSON.stringify(encoded[i]) === JSON.stringify(rows(texts)[row])));
    });
    assert.equal((await read(dataWith().batch(0))).captions, undefined);
  });

  it('cuts crops whose size stays in the range asked for', async () => {
    // The red channel rises from left to right and the green from top to bottom: a crop's corners tell its sides.
    const size = 32;
    const ramp = { ...pictures, size, length: 4, pixels: new Uint8Array(4 * size * size * 3) };
    for (let i = 0; i < 4 * size * size; i++) {
      ramp.pixels.set([8 * (i % size), 8 * (Math.floor(i / size) % size), 0], i * 3);
    }
    const data = pictureData(ramp, tokenizer, { ...OPTIONS, cropScale: [0.25, 0.5] });
    const whole = (31 * 8) / 255;
    for (let step = 0; step < 8; step++) {
      const { images } = await data.batch(step);
      assert.deepEqual(images.shape, [4, 16, 16, 3]);
      const corners = tf.tidy(
        () => tf.gather(tf.gather(images, [0, 15], 1), [0, 15], 2).arraySync() as number[][][][],
      );
      images.dispose();
      for (const [[topLeft], [, bottomRight]] of corners) {
        const width = ((bottomRight[0] - topLeft[0]) * 0.26862954) / whole;
        const height = ((bottomRight[1] - topLeft[1]) * 0.26130258) / whole;
        assert.ok(width * height > 0.24 && width * height < 0.51, `area ${width * height}`);
      }
    }
  });

  it('leaves pictures whole where crops keep all of them', async () => {
    const data = pictureData(pictures, tokenizer, { ...OPTIONS, imageSize: 20, cropScale: [1, 1] });
    const { keys, images } = await data.batch(0);
    const first = pictures.keys.indexOf(keys[0]);
    const red = (pictures.pixels[first * 20 * 20 * 3] / 255 - 0.48145466) / 0.26862954;
    assertClose([tf.tidy(() => tf.slice(images, 0, 1).dataSync()[0])], [red]);
    images.dispose();
  });

  it('mirrors pictures', async () => {
    const whole = { imageSize: 20, cropScale: [1, 1], cropAspect: [1, 1] } as Partial<PictureDataOptions>;
    const [straight, mirrored] = [
      await dataWith({ ...whole }).batch(0),
      await dataWith({ ...whole, flip: 1 }).batch(0),
    ];
    assert.deepEqual(mirrored.keys, straight.keys);
    assertClose(
      tf.tidy(() => tf.reverse(straight.images, 2).dataSync()),
      mirrored.images.dataSync(),
    );
    for (const { images } of [straight, mirrored]) images.dispose();
  });

  it('says that there is too little data for a batch', () => {
    assert.throws(() => dataWith({ batchSize: 11 }), {
      message: 'A batch takes 11 pictures but the training data has 10; use a smaller batch.',
    });
  });
});
