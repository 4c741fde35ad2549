import assert from 'node:assert/strict';
import { join } from 'node:path';
import {
  BadInputCounter,
  folderSource,
  type SampleSource,
  type StreamBatch,
  shardSource,
  streamBatches,
} from '../../src/data';
import { collect, sampleStream, temporaryFolder, wholeSamples, writeShard } from './fixtures';

describe('streamBatches', () => {
  const folder = temporaryFolder();
  before(async () => {
    for (let i = 0; i < 4; i++)
      await writeShard(join(folder, `${i}.tar`), await wholeSamples(i * 10, i * 10 + 10));
  });
  const shards = () => shardSource(join(folder, '{0..3}.tar'));
  const options = { batchSize: 8, size: 2, seed: 1, shuffleBuffer: 12, epochs: 3 };

  it('gives each sample once per epoch, with its own pixels and texts', async () => {
    const batches = await collect(streamBatches(shards(), options));
    assert.deepEqual(
      batches.map(({ step, epoch }) => [step, epoch]),
      Array.from({ length: 15 }, (_, step) => [step, Math.floor(step / 5)]),
    );
    for (const epoch of [0, 1, 2]) {
      const ofEpoch = batches.filter((batch) => batch.epoch === epoch);
      assert.equal(new Set(ofEpoch.flatMap(({ keys }) => keys)).size, 40);
      assert.deepEqual(
        ofEpoch.flatMap(({ indices }) => indices),
        Array.from({ length: 40 }, (_, i) => i),
      );
    }
    for (const { keys, pixels, texts } of batches) {
      keys.forEach((key, i) => {
        assert.deepEqual([pixels[i * 12], texts[i]], [+key, [`text ${+key}`]]);
      });
    }
  });

  it('orders shards and samples by seed and epoch', async () => {
    const order = async (seed: number) =>
      (await collect(streamBatches(shards(), { ...options, seed }))).map(({ keys }) => keys.join(' '));
    const first = await order(1);
    assert.deepEqual(await order(1), first);
    assert.notDeepEqual(await order(2), first);
    assert.notDeepEqual(first.slice(0, 5), first.slice(5, 10));
  });

  it('continues exactly from any batch, crops included', async () => {
    const augmented = { ...options, augment: { scale: [0.3, 1], flip: 0.5, jitter: { hue: 40 } } as const };
    const whole = await collect(streamBatches(shards(), augmented));
    for (const done of [1, 4, 5, 7, 14]) {
      const start = whole[done - 1].next;
      assert.deepEqual(await collect(streamBatches(shards(), { ...augmented, start })), whole.slice(done));
    }
  });

  it('gives the smaller last batch only where it is wanted', async () => {
    const sizes = async (dropLast: boolean) =>
      (await collect(streamBatches(shards(), { ...options, batchSize: 15, epochs: 1, dropLast }))).map(
        ({ keys }) => keys.length,
      );
    assert.deepEqual(await sizes(true), [15, 15]);
    assert.deepEqual(await sizes(false), [15, 15, 10]);
  });

  it('skips and counts corrupt pictures and fills the batches with the next ones', async () => {
    const members = await wholeSamples(0, 20);
    members['003.png'] = Buffer.from('no picture');
    members['007.txt'] = '';
    const shard = await writeShard(join(folder, 'bad.tar.gz'), members);
    const counter = new BadInputCounter();
    const source = shardSource(shard, { counter });
    const batches = await collect(streamBatches(source, { ...options, batchSize: 6, epochs: 1, counter }));
    assert.deepEqual(
      batches.map(({ keys }) => keys.length),
      [6, 6, 6],
    );
    assert.deepEqual(
      counter
        .summary()
        .kinds.map(({ kind, firstKeys }) => [kind, firstKeys])
        .sort(),
      [
        ['corrupt-picture', ['003']],
        ['empty-caption', ['007']],
      ],
    );
  });

  it('stops where too many pictures are corrupt', async () => {
    const members = await wholeSamples(0, 200);
    for (let i = 0; i < 11; i++)
      members[`${String(i * 17).padStart(3, '0')}.png`] = Buffer.from('no picture');
    const shard = await writeShard(join(folder, 'worse.tar'), members);
    const counter = new BadInputCounter();
    await assert.rejects(
      collect(streamBatches(shardSource(shard, { counter }), { ...options, counter })),
      /TooManyBadSamplesError: .* unusable \(\d+ corrupt-picture: .* more than the tolerated 5%/,
    );
  });

  it('reads no further than buffer and prefetch, and closes the source when the consumer stops', async () => {
    let read = 0;
    let closed = false;
    const source: SampleSource = async function* () {
      try {
        for await (const sample of sampleStream(200)) {
          read++;
          yield sample;
        }
      } finally {
        closed = true;
      }
    };
    for await (const batch of streamBatches(source, {
      ...options,
      batchSize: 4,
      prefetch: 3,
      shuffleBuffer: 10,
    })) {
      if (batch.step === 1) break;
    }
    assert.ok(closed);
    assert.ok(read <= 2 * 4 + 3 * 4 + 10 + 1, `${read} samples read`);
  });

  it('passes on what the source throws', async () => {
    const source: SampleSource = async function* () {
      yield* sampleStream(3);
      throw new Error('the disk is gone');
    };
    await assert.rejects(collect(streamBatches(source, options)), /the disk is gone/);
  });

  it('refuses a batch larger than an epoch instead of searching for ever', async () => {
    await assert.rejects(
      collect(streamBatches(shards(), { ...options, batchSize: 41 })),
      /Expected at least one batch of 41 samples, but the source gave fewer/,
    );
  });

  it('streams a folder too', async () => {
    await assert.rejects(
      collect(streamBatches(folderSource(join(folder, 'none')), options)),
      /Expected a folder/,
    );
  });

  it('carries a position that survives JSON', async () => {
    const batches: StreamBatch[] = await collect(streamBatches(shards(), { ...options, epochs: 1 }));
    assert.deepEqual(JSON.parse(JSON.stringify(batches[2].next)), { epoch: 0, stepInEpoch: 3, step: 3 });
  });
});
