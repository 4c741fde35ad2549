import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import sharp from 'sharp';
import { extract } from 'tar-stream';
import { ranges } from '../../data/herbarium/build/factors';
import { digest, encode, type HerbariumMeta, specimenByKey } from '../../data/herbarium/build/specimens';
import {
  channelCovariances,
  channelVariances,
  classMeans,
  covariances,
  type Labelled,
  meanColour,
  nearestCentroidAccuracy,
  patchMeans,
} from '../../data/herbarium/build/statistics';
import type { TaskDefinition } from '../../src/data/types';

const folder = path.join(__dirname, '../../data/herbarium');
const json = (name: string) => JSON.parse(readFileSync(path.join(folder, name), 'utf8'));

interface Picture {
  key: string;
  image: Buffer;
  meta: HerbariumMeta;
}

async function readSplit(split: string): Promise<Picture[]> {
  const members = new Map<string, Buffer>();
  const shards = readdirSync(folder).filter(
    (name) => name.startsWith(`${split}-`) && name.endsWith('.tar.gz'),
  );
  for (const shard of shards.sort()) {
    const tar = Readable.from([gunzipSync(readFileSync(path.join(folder, shard)))]).pipe(extract());
    for await (const entry of tar) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      assert.ok(!members.has(entry.header.name), `${entry.header.name} occurs twice`);
      members.set(entry.header.name, Buffer.concat(chunks));
    }
  }
  const keys = [...members.keys()].filter((name) => name.endsWith('.webp')).map((name) => name.slice(0, -5));
  assert.equal(members.size, 2 * keys.length);
  return keys.map((key) => ({
    key,
    image: members.get(`${key}.webp`) as Buffer,
    meta: JSON.parse(String(members.get(`${key}.json`))),
  }));
}

const decode = async (image: Buffer) => new Uint8Array(await sharp(image).removeAlpha().raw().toBuffer());

describe('the embedded set "herbarium"', () => {
  const tasks: TaskDefinition[] = json('tasks.json');
  let train: Picture[];
  let test: Picture[];

  before(async () => {
    train = await readSplit('train');
    test = await readSplit('test');
  });

  it('holds as many pictures as its summary says, under keys of their own', () => {
    const summary = json('summary.json');
    assert.deepEqual(summary.splits, { test: test.length, train: train.length });
    for (const { id } of tasks) {
      const count = (pictures: Picture[]) =>
        pictures.filter(({ meta }) => meta.tasks?.[id] !== undefined).length;
      assert.equal(count(train), summary.tasks[id].train, id);
      assert.equal(count(test), summary.tasks[id].test, id);
    }
    assert.equal(new Set([...train, ...test].map(({ key }) => key)).size, train.length + test.length);
  });

  it('labels every picture with a class of its task, in words and as an index', () => {
    for (const { key, meta } of [...train, ...test]) {
      const [[id, label], ...others] = Object.entries(meta.tasks ?? {});
      const task = tasks.find((candidate) => candidate.id === id);
      assert.equal(others.length, 0, key);
      assert.equal(task?.classes[label], meta.label, key);
      assert.ok(meta.text.length > 0 && (meta.description ?? '').length > 0, key);
      assert.ok(!meta.description?.includes(meta.label), `${key}: the description gives the class away`);
    }
  });

  it('has test pictures of every class and training pictures of exactly the seen ones', () => {
    for (const { id, classes, seen } of tasks) {
      assert.equal(new Set(classes).size, classes.length);
      const labels = (pictures: Picture[]) => new Set(pictures.map(({ meta }) => meta.tasks?.[id]));
      classes.forEach((name, label) => {
        assert.ok(labels(test).has(label), `${id}: no test picture of ${name}`);
        assert.equal(labels(train).has(label), seen[label], `${id}: ${name}`);
      });
    }
  });

  it('composes its unseen classes of a crop and a disease that training shows apart', () => {
    const shown = train.map(({ meta }) => meta.factors);
    const unseen = test.filter(({ meta }) => {
      const [[id, label]] = Object.entries(meta.tasks ?? {});
      return !tasks.find((task) => task.id === id)?.seen[label];
    });
    assert.equal(new Set(unseen.map(({ meta }) => meta.label)).size, 4);
    for (const { meta } of unseen) {
      const { crop, disease } = meta.factors;
      assert.ok(shown.some((factors) => factors.crop === crop));
      assert.ok(shown.some((factors) => factors.disease === disease));
      assert.ok(!shown.some((factors) => factors.crop === crop && factors.disease === disease));
    }
  });

  it('keeps backgrounds, lights and tilts of the test pictures out of training, family by family', () => {
    for (const family of [...Object.keys(ranges), 'texture']) {
      const values = (pictures: Picture[], factor: string) =>
        pictures.flatMap(({ meta }) => (meta.factors.family === family ? [meta.factors[factor]] : []));
      for (const factor of family === 'texture' ? ['tone'] : ['background', 'light']) {
        const known = new Set(values(train, factor));
        assert.ok(
          known.size > 0 && !values(test, factor).some((value) => known.has(value)),
          `${family} ${factor}`,
        );
      }
      const tilt = (pictures: Picture[]) => values(pictures, 'lean').map((lean) => Math.abs(Number(lean)));
      assert.ok(Math.max(...tilt(train)) < Math.min(...tilt(test)), `${family} lean`);
    }
  });

  it('repeats no picture, within a split or between them', () => {
    const prints = [...train, ...test].map(({ image }) => createHash('sha256').update(image).digest('hex'));
    assert.equal(new Set(prints).size, prints.length);
  });

  it('draws the same pictures and texts again from the seed', async () => {
    const digests: Record<string, string> = json('summary.json').digests;
    assert.equal(Object.keys(digests).length, tasks.length);
    for (const [key, expected] of Object.entries(digests)) {
      const stored = train.find((picture) => picture.key === key) as Picture;
      const again = specimenByKey(key);
      assert.deepEqual(again.meta, stored.meta);
      assert.equal(digest(again), expected, key);
      const [old, fresh] = [await decode(stored.image), await decode(await encode(again))];
      const difference = old.reduce((sum, value, at) => sum + Math.abs(value - fresh[at]), 0) / old.length;
      assert.ok(difference < 1, `${key} differs by ${difference} per byte`);
    }
    assert.throws(() => specimenByKey('fungi-mini-99-train-000'), /Expected a key like/);
  });

  describe('its control task', () => {
    let control: { train: Labelled[]; test: Labelled[] };

    before(async () => {
      const labelled = (pictures: Picture[]) =>
        Promise.all(
          pictures.flatMap(({ image, meta }) => {
            const label = meta.tasks?.['texture-control'];
            return label === undefined ? [] : [decode(image).then((pixels) => ({ pixels, label }))];
          }),
        );
      control = { train: await labelled(train), test: await labelled(test) };
    });

    it('has classes of equal mean colour, patch means and variance, and of different covariance', () => {
      const spread = (features: (pixels: Uint8Array) => number[]) => {
        const means = classMeans([...control.train, ...control.test], features);
        return Math.max(...means[0].map((_, i) => range(means.map((row) => row[i]))));
      };
      assert.ok(spread(meanColour) < 0.02, 'mean colour, in bytes');
      assert.ok(spread(patchMeans) < 0.1, 'patch means, in bytes');
      assert.ok(spread(channelVariances) < 1, 'variance of each channel, about 750');
      assert.ok(spread(channelCovariances) > 1000, 'covariance between channels');
    });

    it('leaves a classifier on first-order statistics at chance and lets one on second-order statistics win', () => {
      const accuracy = (features: (pixels: Uint8Array) => number[]) =>
        nearestCentroidAccuracy(control.train, control.test, features);
      const ceiling = 1 / 12 + 3 * Math.sqrt(((1 / 12) * (11 / 12)) / control.test.length);
      assert.ok(accuracy(meanColour) < ceiling);
      assert.ok(accuracy(patchMeans) < ceiling);
      assert.ok(accuracy(channelVariances) < ceiling);
      assert.ok(accuracy(covariances) > 0.8);
    });
  });
});

function range(values: number[]): number {
  return Math.max(...values) - Math.min(...values);
}
