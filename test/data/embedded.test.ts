import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadEmbedded, loadTasks, projectRoot, taskExamples } from '../../src/data';
import { plainPicture, temporaryFolder, writeShard } from './fixtures';

describe('loadEmbedded', () => {
  const root = temporaryFolder();
  const folders = { dataFolder: join(root, 'data'), cacheFolder: join(root, 'cache') };
  const task = { id: 'pets-mini', column: 'Pets', group: 'general', title: 'Pets', templates: ['a {}'] };

  before(async () => {
    for (const [set, first] of [
      ['pictograms', 0],
      ['herbarium', 100],
    ] as const) {
      mkdirSync(join(root, 'data', set), { recursive: true });
      const members: Record<string, string | Buffer> = {};
      for (let i = first; i < first + 4; i++) {
        members[`${set}-${i}.png`] = await plainPicture(i);
        const description = i % 2 ? `description ${i}` : undefined;
        const tasks = i % 4 === 3 ? undefined : { 'pets-mini': i % 4 };
        members[`${set}-${i}.json`] = JSON.stringify({
          set,
          label: `${i}`,
          text: `text ${i}`,
          description,
          tasks,
        });
      }
      await writeShard(join(root, 'data', set, 'train-00000.tar.gz'), members);
    }
    const tasks = [{ ...task, classes: ['a', 'b', 'c'], seen: [true, true, false] }];
    writeFileSync(join(root, 'data/pictograms/tasks.json'), JSON.stringify(tasks));
  });

  it('reads both sets, raw text first and description second', async () => {
    const set = await loadEmbedded({ split: 'train', size: 1, cache: false, ...folders });
    assert.deepEqual(
      set.keys,
      [0, 1, 2, 3].map((i) => `pictograms-${i}`).concat([100, 101, 102, 103].map((i) => `herbarium-${i}`)),
    );
    assert.deepEqual(set.texts.slice(0, 2), [['text 0'], ['text 1', 'description 1']]);
    assert.deepEqual(
      [...set.pixels].filter((_, i) => i % 3 === 0),
      [0, 1, 2, 3, 100, 101, 102, 103],
    );
  });

  it('gives the same from the cache, without decoding again', async () => {
    let decoded = 0;
    const load = () =>
      loadEmbedded({ sets: ['herbarium'], split: 'train', size: 2, ...folders, onProgress: () => decoded++ });
    const first = await load();
    assert.deepEqual(await load(), first);
    assert.equal(decoded, 4);
  });

  it('finds the examples of a task', async () => {
    const set = await loadEmbedded({
      sets: ['pictograms'],
      split: 'train',
      size: 1,
      cache: false,
      ...folders,
    });
    const [pets] = loadTasks('pictograms', folders.dataFolder);
    assert.deepEqual(taskExamples(set, pets), { indices: [0, 1, 2], labels: [0, 1, 2] });
    assert.throws(
      () => taskExamples(set, { ...pets, id: 'cars-mini' }),
      /Expected examples of task "cars-mini"/,
    );
    assert.throws(
      () => taskExamples(set, { ...pets, classes: ['a', 'b'] }),
      /Expected a label below 2 in task "pets-mini", but sample "pictograms-2" has 2\./,
    );
  });

  it('refuses missing shards, missing tasks and flags that do not fit, in one sentence', async () => {
    await assert.rejects(
      loadEmbedded({ split: 'test', size: 1, ...folders }),
      /Expected shards .*test-\*\.tar\*"/,
    );
    assert.throws(() => loadTasks('herbarium', folders.dataFolder), /Expected the tasks of "herbarium" in/);
    const broken = [{ ...task, classes: ['a'], seen: [] }];
    writeFileSync(join(root, 'data/herbarium/tasks.json'), JSON.stringify(broken));
    assert.throws(() => loadTasks('herbarium', folders.dataFolder), /got 1 classes and 0 flags/);
  });

  it('finds the project', () => {
    assert.ok(existsSync(join(projectRoot(), 'src/data/embedded.ts')));
  });
});
