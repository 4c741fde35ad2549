import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertData } from '../../src/data';
import { startEngine } from '../../src/engine';
import { readIndex } from '../../src/files';
import { createTokenizer } from '../../src/text';
import {
  openData,
  type RunData,
  readMetrics,
  type TrainingConfig,
  toTrainingConfig,
  trainPictures,
} from '../../src/training';
import { plainPicture, temporaryFolder } from '../data/fixtures';
import { TINY, tinyTokenizer } from '../tiny';

const PICTURES = 12;

describe('training on RecordIO', () => {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  const records = at('rec/pets-00000.rec');

  before(async () => {
    await startEngine();
    mkdirSync(at('pictures'));
    const lines = [];
    for (let i = 0; i < PICTURES; i++) {
      writeFileSync(at(`pictures/${i}.png`), await plainPicture(20 * i, 24, 20));
      lines.push(
        JSON.stringify({ image: `${i}.png`, captions: [`Pet no. ${i}!`, `a photo of the ${i} th`] }),
      );
    }
    writeFileSync(at('pictures/captions.jsonl'), lines.join('\n'));
    for (const to of [at('rec/pets.rec'), at('tar/pets.tar')])
      await convertData({ from: at('pictures'), to, tokenizer: createTokenizer() });
    mkdirSync(at('bare'));
    for (const ending of ['rec', 'idx'])
      copyFileSync(at(`rec/pets-00000.${ending}`), at(`bare/pets.${ending}`));
  });

  function configOf(data: object, name = 'x'): TrainingConfig {
    const recipe = { steps: 2, batchSize: 5, seed: 1 };
    return toTrainingConfig({ name, data, objective: 'alip', model: TINY, recipe, logEvery: 1 });
  }

  /** The first steps' pictures and tokens as plain data. */
  async function batchesOf(data: object) {
    const open: RunData = await openData(configOf(data), tinyTokenizer());
    const taken = [];
    for (let step = 0; step < 3; step++) {
      const { images, ...rest } = await open.batches.batch(step);
      taken.push({ ...rest, pixels: [...images.dataSync()] });
      images.dispose();
    }
    await open.close();
    return taken;
  }

  for (const stream of [false, true]) {
    const way = stream ? 'streamed' : 'in memory';

    it(`gives the batches of the same WebDataset shards, ${way}`, async () => {
      const batches = await batchesOf({ shards: records, stream });
      assert.deepEqual(batches, await batchesOf({ shards: at('tar'), stream }));
      assert.notDeepEqual(batches[0].texts, batches[0].captions);
    });

    it(`gives the same pictures and tokens where the official layout is all there is, ${way}`, async () => {
      const [bare, whole] = [
        await batchesOf({ shards: at('bare'), stream }),
        await batchesOf({ shards: records, stream }),
      ];
      assert.match(bare[0].keys[0], /^pets\/\d+$/);
      const withoutKeys = (batches: typeof bare) => batches.map(({ keys, ...rest }) => rest);
      assert.deepEqual(withoutKeys(bare), withoutKeys(whole));
    });

    it(`takes ALIP’s steps as from WebDataset, ${way}`, async () => {
      const losses = [];
      for (const shards of [records, at('tar/*.tar')]) {
        const config = configOf({ shards, stream }, `${stream}-${losses.length}`);
        const { folder: run, skipped } = await trainPictures(config, { root: at('results') });
        assert.equal(skipped.bad, 0);
        losses.push(readMetrics(join(run, 'metrics.jsonl')).map(({ loss }) => Number(loss)));
      }
      assert.equal(losses[0].length, 2);
      assert.deepEqual(losses[0], losses[1]);
    });
  }

  it('counts damaged records and missing files, and names their offsets', async () => {
    const offsets = [];
    for await (const { offset } of readIndex(at('bare/pets.idx'))) offsets.push(offset);
    const bytes = readFileSync(at('bare/pets.rec'));
    bytes.writeUInt32LE(0, offsets[4]);
    mkdirSync(at('damaged'));
    writeFileSync(at('damaged/pets-0.rec'), bytes);
    for (const stream of [false, true]) {
      const data = {
        shards: at('damaged/pets-{0,1}.rec'),
        stream,
        limitFraction: 0.5,
        shuffleBuffer: undefined,
      };
      const open = await openData(configOf(data), tinyTokenizer());
      for (let step = 0; step < 2; step++) (await open.batches.batch(step)).images.dispose();
      await open.close();
      const kinds = new Map(open.skipped().kinds.map(({ kind, firstKeys }) => [kind, firstKeys[0]]));
      assert.equal(kinds.get('damaged-record'), `pets-0.rec@${offsets[4]}`);
      assert.equal(kinds.get('missing-file'), at('damaged/pets-1.rec'));
    }
  });

  it('mixes them with WebDataset shards by weight, and both in one list', async () => {
    const sources = [
      { shards: at('bare/pets.rec'), weight: 3 },
      { shards: at('tar'), weight: 1 },
    ];
    const keys = (await batchesOf({ sources })).flatMap((batch) => batch.keys);
    const fromRecords = keys.filter((key) => key.startsWith('pets/')).length;
    assert.ok(fromRecords > keys.length / 2 && fromRecords < keys.length, `${fromRecords} of ${keys.length}`);
    const both = await openData(configOf({ shards: [at('bare'), at('tar')] }), tinyTokenizer());
    assert.equal(both.pictures, 2 * PICTURES);
  });

  it('notices other records, and other texts beside them, when it resumes', async () => {
    const copy = at('copy');
    mkdirSync(copy);
    for (const ending of ['rec', 'idx', 'texts.jsonl'])
      copyFileSync(at(`rec/pets-00000.${ending}`), join(copy, `pets.${ending}`));
    const config = configOf({ shards: copy, stream: true }, 'resumed');
    const stop = new AbortController();
    const options = { root: at('results'), signal: stop.signal, onStep: () => stop.abort() };
    await assert.rejects(trainPictures(config, options), /^RunInterruptedError: Stopped after step 1/);
    rmSync(join(copy, 'pets.texts.jsonl'));
    await assert.rejects(
      trainPictures(config, { root: at('results'), resume: true }),
      /began with other shards \(2 there, 1 now\)/,
    );
  });

  it('says that fields of JSON members are not for records', () => {
    assert.throws(() => configOf({ shards: 'a.rec', textFields: ['text'] }), {
      message:
        'data.textFields: belongs to WebDataset shards; RecordIO files have the raw text and the caption in fixed places.',
    });
    assert.doesNotThrow(() => configOf({ shards: ['a.rec', 'b.tar'], textFields: ['text'] }));
  });
});
