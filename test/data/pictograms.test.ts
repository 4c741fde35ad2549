import assert from 'node:assert/strict';
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import sharp from 'sharp';
import { extract } from 'tar-stream';
import type { EmbeddedMeta, TaskDefinition } from '../../src/data/types';
import { createRandom } from '../../src/engine/random';

const FOLDER = path.join(__dirname, '../../data/pictograms');

interface Example {
  key: string;
  image: Buffer;
  meta: EmbeddedMeta;
  shard: string;
}

interface Summary {
  shards: Record<string, number>;
  splits: Record<string, number>;
  styles: Record<string, number>;
  tasks: Record<string, { classes: number; seen: number; train: number; test: number }>;
  heldOut: string[];
}

const readJson = <T>(name: string): T => JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8'));

/** Reads a shard without the project's own loader, and insists that each picture is followed by its JSON. */
async function readShard(shard: string): Promise<Example[]> {
  const members: { name: string; bytes: Buffer }[] = [];
  const stream = createReadStream(path.join(FOLDER, shard)).pipe(createGunzip()).pipe(extract());
  for await (const member of stream) {
    const chunks: Buffer[] = [];
    for await (const chunk of member) chunks.push(chunk as Buffer);
    members.push({ name: member.header.name, bytes: Buffer.concat(chunks) });
  }
  return Array.from({ length: members.length / 2 }, (_, index) => {
    const [image, json] = members.slice(2 * index, 2 * index + 2);
    const key = image.name.replace(/\.webp$/, '');
    assert.deepEqual([image.name, json.name], [`${key}.webp`, `${key}.json`]);
    return { key, image: image.bytes, meta: JSON.parse(json.bytes.toString('utf8')), shard };
  });
}

function count(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

describe('the embedded set "pictograms"', () => {
  const summary = readJson<Summary>('summary.json');
  const tasks = readJson<TaskDefinition[]>('tasks.json');
  let examples: Example[];
  let emoji: Example[];

  before(async () => {
    examples = (await Promise.all(Object.keys(summary.shards).sort().map(readShard))).flat();
    emoji = examples.filter(({ meta }) => meta.style !== 'openclipart');
  });

  it('has the shards its summary lists, byte for byte as long', () => {
    const shards = readdirSync(FOLDER).filter((name) => name.endsWith('.tar.gz'));
    const sizes = shards.map((name) => [name, statSync(path.join(FOLDER, name)).size]);
    assert.deepEqual(Object.fromEntries(sizes), summary.shards);
  });

  it('stays under 22 MB, and its preview under 150 KB', () => {
    const files = readdirSync(FOLDER).map((name) => statSync(path.join(FOLDER, name)));
    const bytes = files.filter((file) => file.isFile()).reduce((sum, file) => sum + file.size, 0);
    assert.ok(bytes < 22e6, `${bytes} bytes`);
    assert.ok(statSync(path.join(FOLDER, 'preview.webp')).size < 150e3);
  });

  it('holds as many pictures per split and style as its summary says', () => {
    assert.deepEqual(count(examples.map(({ meta }) => meta.split)), summary.splits);
    assert.deepEqual(count(examples.map(({ meta }) => `${meta.split}/${meta.style}`)), summary.styles);
  });

  it('keeps each split in its own shards', () => {
    for (const { key, meta, shard } of examples) assert.ok(shard.startsWith(`${meta.split}-`), key);
  });

  it('has unique keys without dots, each starting with its style', () => {
    assert.equal(new Set(examples.map(({ key }) => key)).size, examples.length);
    for (const { key, meta } of examples) assert.match(key, new RegExp(`^${meta.style}-[A-Za-z0-9-]+$`));
  });

  it('has a label and a text for every picture, and a description for nearly every one', () => {
    for (const { key, meta } of examples) assert.ok(meta.label.trim() && meta.text.trim(), key);
    for (const { key, meta } of examples) assert.notEqual(meta.description, '', key);
    assert.ok(examples.filter(({ meta }) => meta.description).length > 0.95 * examples.length);
  });

  it('holds no e-mail address', () => {
    for (const { key, meta } of examples) assert.doesNotMatch(JSON.stringify(meta), /\S@\S+\.\S/, key);
  });

  it('never gives two emoji of one style the same label', () => {
    const names = emoji.map(({ meta }) => `${meta.style}/${meta.label.toLowerCase()}`);
    assert.deepEqual(
      Object.entries(count(names)).filter(([, times]) => times > 1),
      [],
    );
  });

  it('never trains on a held-out concept, and tests on most of them', () => {
    const trained = new Set(
      examples.filter(({ meta }) => meta.split === 'train').map(({ meta }) => meta.label.toLowerCase()),
    );
    assert.deepEqual(
      summary.heldOut.filter((label) => trained.has(label.toLowerCase())),
      [],
    );
    const tested = new Set(emoji.filter(({ meta }) => meta.split === 'test').map(({ meta }) => meta.label));
    assert.ok(summary.heldOut.filter((label) => tested.has(label)).length > 0.9 * summary.heldOut.length);
  });

  it('never names a held-out concept in an OpenClipart title of the training split', () => {
    const titles = examples
      .filter(({ meta }) => meta.style === 'openclipart' && meta.split === 'train')
      .map(({ meta }) => ` ${meta.text.toLowerCase().replace(/[^\p{L}\p{N}']+/gu, ' ')} `);
    for (const label of summary.heldOut.filter((text) => /^[a-z ]+$/.test(text))) {
      assert.ok(!titles.some((title) => title.includes(` ${label} `)), label);
    }
  });

  it('has no OpenClipart title in both splits', () => {
    const clipart = examples.filter(({ meta }) => meta.style === 'openclipart');
    const titles = (split: string) =>
      clipart.filter(({ meta }) => meta.split === split).map(({ meta }) => meta.text.toLowerCase());
    const trained = new Set(titles('train'));
    assert.deepEqual(
      titles('test').filter((title) => trained.has(title)),
      [],
    );
  });

  it('holds decodable 64×64 pictures with a white corner somewhere', async () => {
    const random = createRandom(1);
    const sample = Array.from({ length: 200 }, () => random.pick(examples));
    let white = 0;
    for (const { key, image } of sample) {
      const { data, info } = await sharp(image).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      assert.deepEqual([info.width, info.height, info.channels], [64, 64, 3], key);
      const corners = [0, 63, 63 * 64, 64 * 64 - 1].map((at) => data.subarray(3 * at, 3 * at + 3));
      if (corners.some((corner) => corner.every((value: number) => value > 245))) white++;
    }
    assert.ok(white > 0.85 * sample.length, `${white} of ${sample.length}`);
  });

  describe('tasks', () => {
    const columns = ['ImageNet-1K', 'CIFAR-10', 'CIFAR-100', 'Cars', 'Pets', 'SUN397', 'Food-101'];

    it('mirror the columns they are meant to', () => {
      assert.deepEqual(
        tasks.map(({ column }) => column),
        [...columns, 'Flowers-102', 'Caltech-101'],
      );
      assert.equal(new Set(tasks.map(({ id }) => id)).size, tasks.length);
    });

    it('have distinct classes, one "seen" each, and templates with a place for the class', () => {
      for (const { id, classes, seen, templates } of tasks) {
        assert.equal(new Set(classes).size, classes.length, id);
        assert.equal(seen.length, classes.length, id);
        for (const template of templates) assert.ok(template.includes('{}'), template);
      }
    });

    it('are pointed at by known ids and indices in range only', () => {
      const sizes = new Map(tasks.map(({ id, classes }) => [id, classes.length]));
      for (const { key, meta } of examples) {
        for (const [id, index] of Object.entries(meta.tasks ?? {})) {
          assert.ok(Number.isInteger(index) && index >= 0 && index < (sizes.get(id) ?? 0), `${key} ${id}`);
        }
      }
    });

    it('name the class of a single-concept task by the picture’s label', () => {
      for (const { id, classes } of tasks.filter((task) => task.id !== 'cifar10-mini')) {
        for (const { meta } of examples) {
          const index = meta.tasks?.[id];
          if (index !== undefined) assert.equal(classes[index], meta.label);
        }
      }
    });

    it('have a test picture for every class, and training pictures exactly for the seen ones', () => {
      for (const { id, seen } of tasks) {
        const having = (split: string) =>
          new Set(examples.filter(({ meta }) => meta.split === split).map(({ meta }) => meta.tasks?.[id]));
        const [tested, trained] = [having('test'), having('train')];
        seen.forEach((expected, index) => {
          assert.ok(tested.has(index), `${id} ${index}`);
          assert.equal(trained.has(index), expected, `${id} ${index}`);
        });
      }
    });

    it('have the counts of the summary', () => {
      const counts = tasks.map(({ id, classes, seen }) => {
        const members = examples.filter(({ meta }) => meta.tasks?.[id] !== undefined);
        const pictures = count(members.map(({ meta }) => meta.split));
        return [id, { classes: classes.length, seen: seen.filter(Boolean).length, ...pictures }];
      });
      assert.deepEqual(Object.fromEntries(counts), summary.tasks);
    });
  });

  it('has a datasheet that states the counts and every licence', () => {
    const text = readFileSync(path.join(FOLDER, 'README.md'), 'utf8');
    for (const [id, { classes, seen, test, train }] of Object.entries(summary.tasks)) {
      const row = text.split('\n').find((line) => line.includes(`\`${id}\``));
      for (const number of [classes, seen, test, train])
        assert.ok(row?.includes(` ${number} `), `${id} ${number}`);
    }
    for (const total of Object.values(summary.styles)) assert.ok(text.includes(` ${total} `), String(total));
    for (const licence of [
      'Apache-2.0',
      'CC BY 4.0',
      'CC BY-SA 4.0',
      'MIT',
      'Unicode-3.0',
      'public domain',
    ]) {
      assert.ok(text.includes(licence), licence);
    }
    for (const [, file] of text.matchAll(/\]\((licences\/[^)]+)\)/g))
      assert.ok(existsSync(path.join(FOLDER, file)), file);
  });
});
