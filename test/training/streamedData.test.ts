import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import {
  AUGMENTATION_SIZE,
  epochOrder,
  loadInMemory,
  PLAIN_VIEW,
  readShardFiles,
  STRONG_VIEW,
  takeBatch,
} from '../../src/data';
import { createRandom, startEngine } from '../../src/engine';
import {
  type CropConfig,
  disposeBatch,
  pictureData,
  type ShardSource,
  type StreamedData,
  streamedData,
  type TrainingBatch,
} from '../../src/training';
import { temporaryFolder, wholeSamples, writeShard } from '../data/fixtures';
import { TINY, tinyTokenizer } from '../tiny';

/** Samples of pictures in which every crop differs, 30 by 24 pixels. */
async function patternedSamples(length: number): Promise<Record<string, string | Buffer>> {
  const members = await wholeSamples(0, length);
  const random = createRandom('pattern');
  for (const key of Object.keys(members).filter((name) => name.endsWith('png'))) {
    const pixels = Uint8Array.from({ length: 30 * 24 * 3 }, () => random.integer(256));
    members[key] = await sharp(pixels, { raw: { width: 30, height: 24, channels: 3 } })
      .png()
      .toBuffer();
  }
  return members;
}

/** What a batch holds, as plain data; its pictures are freed. */
function plain({ keys, images, texts, captions }: TrainingBatch) {
  const pixels = Array.from(images.dataSync());
  images.dispose();
  return { keys, shape: images.shape, pixels, texts, captions };
}

describe('streamedData', () => {
  const folder = temporaryFolder();
  const sources: ShardSource[] = [
    { shards: join(folder, 'plants-{0..2}.tar'), weight: 10 },
    { shards: join(folder, 'general.tar'), weight: 3 },
  ];
  const options = { batchSize: 6, seed: 4, imageSize: TINY.vision.imageSize, shuffleBuffer: 8 };
  const open = (changes = {}) => streamedData(sources, tinyTokenizer(), { ...options, ...changes });

  before(async () => {
    await startEngine();
    for (let i = 0; i < 3; i++)
      await writeShard(join(folder, `plants-${i}.tar`), await wholeSamples(i * 9, i * 9 + 9));
    const general = await wholeSamples(200, 207);
    delete general['203.txt'];
    await writeShard(join(folder, 'general.tar'), general);
  });

  async function batches(data: StreamedData, from: number, to: number) {
    const taken = [];
    for (let step = from; step < to; step++) taken.push(plain(await data.batch(step)));
    return taken;
  }

  it('makes training batches, a function of the seed and the step', async () => {
    const data = open({ limitFraction: 0.5 });
    const tensors = tf.memory().numTensors;
    const taken = await batches(data, 0, 4);
    assert.equal(tf.memory().numTensors, tensors);
    assert.deepEqual(taken[0].shape, [6, 16, 16, 3]);
    const tokens = tinyTokenizer().tokenize(taken[0].keys.map((key) => `text ${+key}`));
    assert.deepEqual(taken[0].texts, tokens);
    assert.deepEqual(await batches(open({ limitFraction: 0.5 }), 0, 4), taken);
    assert.notDeepEqual((await batches(open({ seed: 5 }), 0, 1))[0].keys, taken[0].keys);
    // Any step can be asked for.
    assert.deepEqual(await batches(data, 1, 3), taken.slice(1, 3));
    assert.deepEqual(await batches(open({ limitFraction: 0.5 }), 3, 4), taken.slice(3));
    await data.close();
  });

  it('goes on from its state, which survives JSON, and from what was counted', async () => {
    const cut = readFileSync(join(folder, 'plants-2.tar'));
    writeFileSync(join(folder, 'plants-3.tar'), cut.subarray(0, cut.length / 2));
    const damaged = [{ shards: join(folder, 'plants-{0..3}.tar'), weight: 10 }, sources[1]];
    const openDamaged = (changes = {}) =>
      streamedData(damaged, tinyTokenizer(), { ...options, limitFraction: 0.5, ...changes });
    const whole = openDamaged();
    const taken = await batches(whole, 0, 18);
    const { kinds } = whole.skipped();
    assert.deepEqual(
      new Map(kinds.map(({ kind, firstKeys }) => [kind, firstKeys[0]])),
      new Map([
        ['missing-text', '203'],
        ['truncated-shard', 'plants-3.tar'],
      ]),
    );

    const first = openDamaged();
    await batches(first, 0, 11);
    const state = JSON.parse(JSON.stringify(first.getState?.()));
    await first.close();
    let passedOver = 0;
    const second = openDamaged({
      onPassedOver: (count: number) => {
        passedOver = count;
      },
    });
    second.setState?.(state);
    assert.deepEqual(await batches(second, 11, 18), taken.slice(11));
    assert.ok(passedOver > 0 && passedOver < 40, `${passedOver} of ${11 * 6} samples read again`);
    const [again, once] = [second.skipped(), whole.skipped()];
    assert.ok(again.bad >= once.bad && again.seen <= once.seen + 2 * 6 + 6, JSON.stringify([again, once]));
    await Promise.all([whole.close(), second.close()]);
  });

  it('reads two texts where captions are wanted, and leaves out samples with one', async () => {
    const members = await wholeSamples(0, 12);
    for (let i = 0; i < 12; i++) {
      const key = String(i).padStart(3, '0');
      if (i !== 5) members[`${key}.json`] = JSON.stringify({ description: `a picture of ${i}` });
    }
    const sorted = Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)));
    const shards = await writeShard(join(folder, 'captions.tar'), sorted);
    const data = streamedData([{ shards, weight: 1 }], tinyTokenizer(), {
      ...options,
      textFields: ['description'],
      withCaptions: true,
      limitFraction: 0.5,
    });
    const taken = await batches(data, 0, 4);
    for (const { keys, texts, captions } of taken) {
      const numbers = keys.map(Number);
      assert.ok(!numbers.includes(5));
      assert.deepEqual(texts, tinyTokenizer().tokenize(numbers.map((i) => `text ${i}`)));
      assert.deepEqual(captions, tinyTokenizer().tokenize(numbers.map((i) => `a picture of ${i}`)));
    }
    assert.equal(data.skipped().kinds[0].firstMessage, 'The sample "005" has 1 text where 2 are needed.');
    await data.close();
  });

  it('reads always the same one of several texts where it is asked to', async () => {
    const both = { textFields: ['description'], limitFraction: 0.5 };
    for (const [textChoice, textOf] of [
      ['first', (i: number) => `text ${i}`],
      ['second', (i: number) => `a picture of ${i}`],
    ] as const) {
      const shards = join(folder, 'captions.tar');
      const chosen = { ...options, ...both, textChoice };
      const data = streamedData([{ shards, weight: 1 }], tinyTokenizer(), chosen);
      const taken = await batches(data, 0, 3);
      for (const { keys, texts, captions } of taken) {
        assert.deepEqual(texts, tinyTokenizer().tokenize(keys.map(Number).map(textOf)));
        assert.equal(captions, undefined);
      }
      const hasOneText = taken.some(({ keys }) => keys.includes('005'));
      assert.equal(hasOneText, textChoice === 'first');
      await data.close();
    }
  });

  it('mirrors crops', async () => {
    const whole: CropConfig = { cropScale: [1, 1], cropAspect: [1, 1] };
    const members = await wholeSamples(0, 6);
    const ramp = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => 5 * (Math.floor(i / 3) % 16));
    const png = await sharp(ramp, { raw: { width: 16, height: 16, channels: 3 } })
      .png()
      .toBuffer();
    for (const key of Object.keys(members)) if (key.endsWith('png')) members[key] = png;
    const shards = await writeShard(join(folder, 'ramp.tar'), members);
    const firstRow = async (flip: number) => {
      const data = streamedData([{ shards, weight: 1 }], tinyTokenizer(), { ...options, ...whole, flip });
      const [{ pixels }] = await batches(data, 0, 1);
      await data.close();
      return pixels.filter((_, i) => i < 48 && i % 3 === 0);
    };
    const straight = await firstRow(0);
    assert.ok(straight[0] < straight[15]);
    assert.deepEqual(await firstRow(1), [...straight].reverse());
  });

  describe('for an objective with further needs', () => {
    const needs = { views: [STRONG_VIEW, PLAIN_VIEW], edited: true, masked: true };
    const pictureSize = 20;
    const freed = (batch: TrainingBatch) => {
      const { images, views = [], ...rest } = batch;
      const values = [images, ...views.flatMap((view) => [view.images, view.augmentation])].map((tensor) => ({
        shape: tensor.shape,
        values: Array.from(tensor.dataSync()),
      }));
      disposeBatch(batch);
      return { ...rest, values };
    };

    it('makes the views, edits and masks that the same pictures in memory would have', async () => {
      const shards = await writeShard(join(folder, 'six.tar'), await patternedSamples(6));
      const changes = { shuffleBuffer: 0, pictureSize, needs };
      const data = streamedData([{ shards, weight: 1 }], tinyTokenizer(), { ...options, ...changes });
      const tensors = tf.memory().numTensors;
      const found = freed(await data.batch(0));
      assert.equal(tf.memory().numTensors, tensors);
      await data.close();
      const samples = readShardFiles([shards]);
      const set = await loadInMemory(samples, { size: pictureSize });
      // The order in memory is another: the set is put into the stream's.
      const order = epochOrder(6, options.seed, 0);
      const places = order.map((_, i) => set.keys.indexOf(found.keys[order.indexOf(i)]));
      const ordered = { ...takeBatch(set, places), length: 6 };
      const memory = pictureData(ordered, tinyTokenizer(), { ...options, needs });
      assert.deepEqual(freed(await memory.batch(0)), { ...found, captions: undefined });
      assert.deepEqual(
        found.values.map(({ shape }) => shape.slice(1)),
        [[16, 16, 3], [16, 16, 3], [AUGMENTATION_SIZE], [16, 16, 3], [AUGMENTATION_SIZE]],
      );
    });

    it('leaves pictures and texts as they are where it needs no views', async () => {
      const [plainData, data] = [open(), open({ needs: { edited: true, masked: true }, pictureSize })];
      const found = await data.batch(0);
      assert.ok(found.edited && found.masked && !found.views);
      assert.deepEqual(plain(found), plain(await plainData.batch(0)));
      await Promise.all([data.close(), plainData.close()]);
    });

    it('goes on from its state with the same views', async () => {
      const [whole, first, second] = [0, 1, 2].map(() => open({ needs, pictureSize }));
      const taken: unknown[] = [];
      for (let step = 0; step < 4; step++) taken.push(freed(await whole.batch(step)));
      for (let step = 0; step < 2; step++) freed(await first.batch(step));
      second.setState?.(JSON.parse(JSON.stringify(first.getState?.())));
      for (let step = 2; step < 4; step++) assert.deepEqual(freed(await second.batch(step)), taken[step]);
      await Promise.all([whole, first, second].map((data) => data.close()));
    });
  });

  it('names the source that has nothing to give', async () => {
    const shards = await writeShard(join(folder, 'empty.tar'), { '1.txt': 'no picture' });
    const data = streamedData([{ shards, weight: 1 }], tinyTokenizer(), options);
    await assert.rejects(data.batch(0), {
      message: `Expected samples in "${shards}", but it has no usable one; check its shards or leave it out.`,
    });
    assert.throws(
      () => streamedData([{ shards: join(folder, 'none-*.tar'), weight: 1 }], tinyTokenizer(), options),
      /^Error: Expected shards/,
    );
  });
});
