import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BadInputCounter,
  folderSource,
  type SampleSource,
  type StreamBatch,
  type StreamOptions,
  type StreamSource,
  shardSource,
  streamBatches,
} from '../../src/data';
import { sampleStream, temporaryFolder, wholeSamples, writeShard } from './fixtures';

/** The first batches of an endless stream. */
async function take(
  count: number,
  sources: readonly StreamSource[],
  options: StreamOptions,
): Promise<StreamBatch[]> {
  const batches: StreamBatch[] = [];
  for await (const batch of streamBatches(sources, options)) {
    if (batches.push(batch) === count) break;
  }
  return batches;
}

const keysOf = (batches: readonly StreamBatch[]) => batches.flatMap(({ keys }) => keys);

describe('streamBatches', () => {
  const folder = temporaryFolder();
  before(async () => {
    for (let i = 0; i < 4; i++)
      await writeShard(join(folder, `${i}.tar`), await wholeSamples(i * 10, i * 10 + 10));
    await writeShard(join(folder, 'short.tar'), await wholeSamples(200, 205));
  });
  const long = (weight = 1): StreamSource => ({ source: shardSource(join(folder, '{0..3}.tar')), weight });
  const short = (weight = 1): StreamSource => ({ source: shardSource(join(folder, 'short.tar')), weight });
  const options = { batchSize: 8, size: 2, seed: 1, shuffleBuffer: 12 };

  it('gives each sample of a source once in each pass, with its own pixels and texts', async () => {
    const batches = await take(15, [long()], options);
    assert.deepEqual(
      batches.map(({ step }) => step),
      Array.from({ length: 15 }, (_, step) => step),
    );
    for (const pass of [0, 1, 2])
      assert.equal(new Set(keysOf(batches).slice(pass * 40, pass * 40 + 40)).size, 40);
    for (const { keys, pixels, texts } of batches) {
      keys.forEach((key, i) => {
        assert.deepEqual([pixels[i * 12], texts[i]], [+key, [`text ${+key}`]]);
      });
    }
  });

  it('orders shards and samples by seed and pass', async () => {
    const order = async (seed: number) => keysOf(await take(10, [long()], { ...options, seed }));
    const first = await order(1);
    assert.deepEqual(await order(1), first);
    assert.notDeepEqual(await order(2), first);
    assert.notDeepEqual(first.slice(0, 40), first.slice(40, 80));
    const unbuffered = keysOf(await take(10, [long()], { ...options, shuffleBuffer: 0 }));
    const shardsOf = (keys: string[]) => keys.filter((_, i) => i % 10 === 0).map((key) => key[1]);
    assert.deepEqual(shardsOf(unbuffered.slice(0, 40)).sort(), ['0', '1', '2', '3']);
    assert.notDeepEqual(shardsOf(unbuffered.slice(0, 40)), shardsOf(unbuffered.slice(40, 80)));
  });

  it('draws sources by their weights and repeats the short one', async () => {
    const batches = await take(150, [long(10), short(3)], options);
    const fromShort = keysOf(batches).filter((key) => +key >= 200);
    // 1,200 draws with probability 3/13: the standard deviation of the share is 0.012.
    const share = fromShort.length / 1200;
    assert.ok(Math.abs(share - 3 / 13) < 0.036, `${share}`);
    for (let pass = 0; pass * 5 + 5 <= fromShort.length; pass++)
      assert.equal(new Set(fromShort.slice(pass * 5, pass * 5 + 5)).size, 5);
    const shares = new Set(batches.map(({ keys }) => keys.filter((key) => +key >= 200).length));
    assert.ok(shares.size > 2, 'every batch has the same share: nothing is drawn');
  });

  it('continues exactly from any batch, crops included, whichever passes are known', async () => {
    const augmented = { ...options, augment: { scale: [0.3, 1], flip: 0.5, jitter: { hue: 40 } } as const };
    const whole = await take(20, [long(2), short()], augmented);
    for (const done of [1, 3, 5, 7, 11, 19]) {
      const start = JSON.parse(JSON.stringify(whole[done - 1].next));
      assert.deepEqual(await take(20 - done, [long(2), short()], { ...augmented, start }), whole.slice(done));
    }
  });

  it('passes over at most one pass of each source on the way, and decodes nothing there', async () => {
    const opened: string[] = [];
    const watched: SampleSource = async function* (random) {
      for await (const { image, ...sample } of long().source(random)) {
        yield {
          ...sample,
          get image() {
            opened.push(sample.key);
            return image;
          },
        };
      }
    };
    const whole = await take(14, [long()], options);
    const { next } = whole[12];
    assert.deepEqual([next.drawn, next.passLengths], [104, [40]]);
    let passedOver = 0;
    const batches = await take(1, [{ source: watched, weight: 1 }], {
      ...options,
      prefetch: 1,
      start: next,
      onPassedOver: (count) => {
        passedOver = count;
      },
    });
    assert.deepEqual(batches, [whole[13]]);
    assert.equal(passedOver, 104 % 40);
    assert.ok(opened.length <= 16, `${opened.length} pictures opened`);
  });

  it('skips and counts corrupt pictures and fills the batches with the next ones', async () => {
    const members = await wholeSamples(0, 20);
    members['003.png'] = Buffer.from('no picture');
    members['007.txt'] = '';
    const shard = await writeShard(join(folder, 'bad.tar.gz'), members);
    const counter = new BadInputCounter({ limitFraction: 0.5 });
    const sources = [{ source: shardSource(shard, { counter }), weight: 1 }];
    const batches = await take(3, sources, { ...options, prefetch: 1, batchSize: 6, counter });
    assert.equal(new Set(keysOf(batches)).size, 18);
    assert.deepEqual(
      counter
        .summary()
        .kinds.map(({ kind, firstKeys }) => [kind, firstKeys[0]])
        .sort(),
      [
        ['corrupt-picture', '003'],
        ['empty-caption', '007'],
      ],
    );
    const [{ next }] = batches.slice(1);
    const rest = await take(1, sources, { ...options, batchSize: 6, start: next });
    assert.deepEqual(rest[0].keys, batches[2].keys);
  });

  it('survives a truncated shard, and counts it once in each pass', async () => {
    const whole = readFileSync(join(folder, '1.tar'));
    writeFileSync(join(folder, 'cut.tar'), whole.subarray(0, whole.length / 2));
    const counter = new BadInputCounter({ limitFraction: 0.5 });
    const source = shardSource([join(folder, '0.tar'), join(folder, 'cut.tar')], { counter });
    const batches = await take(10, [{ source, weight: 1 }], { ...options, prefetch: 1, counter });
    const { kinds } = counter.summary();
    assert.deepEqual(
      kinds.map(({ kind, firstKeys }) => [kind, firstKeys[0]]),
      [['truncated-shard', 'cut.tar']],
    );
    const [length] = batches[9].next.passLengths;
    assert.ok(length! > 10 && length! < 20, `${length} samples in a pass`);
    assert.ok(kinds[0].count >= Math.floor(80 / length!), `counted ${kinds[0].count} times`);
  });

  it('stops where too many pictures are corrupt', async () => {
    const members = await wholeSamples(0, 200);
    for (let i = 0; i < 11; i++)
      members[`${String(i * 17).padStart(3, '0')}.png`] = Buffer.from('no picture');
    const shard = await writeShard(join(folder, 'worse.tar'), members);
    const counter = new BadInputCounter();
    await assert.rejects(
      take(50, [{ source: shardSource(shard, { counter }), weight: 1 }], { ...options, counter }),
      /TooManyBadSamplesError: .* unusable \(\d+ corrupt-picture: .* more than the tolerated 5%/,
    );
  });

  it('holds no more samples than buffers and prefetched batches, and closes the sources', async () => {
    let read = 0;
    let consumed = 0;
    let closed = 0;
    const source: SampleSource = async function* () {
      try {
        for await (const sample of sampleStream(70)) {
          read++;
          yield sample;
        }
      } finally {
        closed++;
      }
    };
    const [batchSize, prefetch, shuffleBuffer] = [4, 3, 10];
    const bound = 2 * (shuffleBuffer + 1) + (prefetch + 1) * batchSize;
    const sources = [
      { source, weight: 1 },
      { source, weight: 2 },
    ];
    for await (const batch of streamBatches(sources, { ...options, batchSize, prefetch, shuffleBuffer })) {
      consumed += batch.keys.length;
      assert.ok(read - consumed <= bound, `${read - consumed} samples open`);
      if (batch.step === 60) break;
    }
    assert.ok(read > 240, `${read} samples read`);
    const passes = Math.ceil(read / 70);
    assert.ok(closed >= 2 && closed <= passes + 2, `${closed} passes closed`);
  });

  it('passes on what a source throws', async () => {
    const source: SampleSource = async function* () {
      yield* sampleStream(3);
      throw new Error('the disk is gone');
    };
    await assert.rejects(take(1, [{ source, weight: 1 }], options), /the disk is gone/);
    const none = { source: folderSource(join(folder, 'none')), weight: 1 };
    await assert.rejects(take(1, [none], options), /Expected a folder/);
  });

  it('refuses a source without samples instead of searching for ever', async () => {
    const source: SampleSource = async function* () {};
    await assert.rejects(take(1, [long(), { source, weight: 1, name: '"b.tar"' }], options), {
      message: 'Expected samples in "b.tar", but it has no usable one; check its shards or leave it out.',
    });
  });
});
