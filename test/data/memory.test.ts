import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { BadInputCounter, BadSampleError, loadInMemory, type Sample } from '../../src/data';
import { cachedSet, cacheKey } from '../../src/data/cache';
import { collect, sampleStream, temporaryFolder, tinySet, writeShard } from './fixtures';

describe('loadInMemory', () => {
  it('decodes every sample in order and keeps texts and meta', async () => {
    const progress: number[] = [];
    const set = await loadInMemory(sampleStream(20), {
      size: 2,
      onProgress: (loaded) => progress.push(loaded),
    });
    assert.equal(set.length, 20);
    assert.equal(set.size, 2);
    assert.equal(set.pixels.length, 20 * 2 * 2 * 3);
    for (let i = 0; i < 20; i++) assert.deepEqual([...set.pixels.subarray(i * 12, i * 12 + 3)], [i, 0, 0]);
    assert.deepEqual([set.keys[7], set.texts[7], set.metas[7]], ['7', ['text 7'], { number: 7 }]);
    assert.deepEqual(
      progress,
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
  });

  it('skips and counts corrupt pictures', async () => {
    const samples: Sample[] = await collect(sampleStream(10));
    samples[3].image = Buffer.from('not a picture');
    samples[6].image = samples[6].image.subarray(0, 60);
    const counter = new BadInputCounter();
    const set = await loadInMemory(samples, { size: 1, counter });
    assert.deepEqual(set.keys, ['0', '1', '2', '4', '5', '7', '8', '9']);
    assert.deepEqual(
      [...set.pixels].filter((_, i) => i % 3 === 0),
      [0, 1, 2, 4, 5, 7, 8, 9],
    );
    assert.deepEqual(counter.summary().kinds[0].firstKeys, ['3', '6']);
  });

  it('stops where too many are corrupt', async () => {
    const samples: Sample[] = await collect(sampleStream(20));
    for (const sample of samples.slice(10)) sample.image = Buffer.from('x');
    const counter = new BadInputCounter({ minimumSamples: 0 });
    await assert.rejects(loadInMemory(samples, { size: 1, counter }), /TooManyBadSamplesError/);
  });

  it('refuses a source without a usable sample', async () => {
    await assert.rejects(
      loadInMemory([{ key: 'a', image: Buffer.from('x'), texts: [], meta: {} }], {
        size: 1,
        counter: new BadInputCounter({ minimumSamples: 100 }),
      }),
      /^Error: Expected at least one usable sample, but .*1 corrupt-picture: a.*; check the source\.$/,
    );
    await assert.rejects(loadInMemory([], { size: 1 }), /Expected at least one usable sample/);
  });
});

describe('cachedSet', () => {
  const folder = temporaryFolder();

  it('loads once and gives the same set again', async () => {
    let loads = 0;
    const load = async () => {
      loads++;
      return tinySet(5);
    };
    const first = await cachedSet(`${folder}/new`, 'key', load);
    const second = await cachedSet(`${folder}/new`, 'key', load);
    assert.equal(loads, 1);
    assert.deepEqual(second, first);
    await cachedSet(`${folder}/new`, 'other', load);
    assert.equal(loads, 2);
    assert.deepEqual(readdirSync(`${folder}/new`).sort(), ['key.json', 'key.rgb', 'other.json', 'other.rgb']);
  });

  it('counts the samples of a kept set, and keeps none that lacks some', async () => {
    const loaded = async () => tinySet(5);
    await cachedSet(`${folder}/counted`, 'whole', loaded);
    const counter = new BadInputCounter();
    await cachedSet(`${folder}/counted`, 'whole', loaded, counter);
    assert.equal(counter.describe(), 'all 5 samples are usable');

    const lacking = async () => {
      counter.skip(
        new BadSampleError('corrupt-picture', 'six', 'The picture of sample "six" is no picture.'),
      );
      return tinySet(5);
    };
    await cachedSet(`${folder}/counted`, 'lacking', lacking, counter);
    assert.deepEqual(readdirSync(`${folder}/counted`).sort(), ['whole.json', 'whole.rgb']);
  });

  it('has another key for other shards and other options', async () => {
    const a = await writeShard(`${folder}/a.tar`, { '0.txt': 'a' });
    const b = await writeShard(`${folder}/b.tar`, { '0.txt': 'b' });
    const keys = await Promise.all([
      cacheKey([a], { size: 1 }),
      cacheKey([b], { size: 1 }),
      cacheKey([a], { size: 2 }),
      cacheKey([a, b], { size: 1 }),
    ]);
    assert.equal(new Set(keys).size, 4);
    assert.equal(await cacheKey([a], { size: 1 }), keys[0]);
  });
});
