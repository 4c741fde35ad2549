import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { writeSafetensors } from '../../src/files';
import { createClip } from '../../src/models';
import { disposeParameters } from '../../src/nn';
import {
  NotANumberError,
  readMetrics,
  type TrainPicturesOptions,
  toTrainingConfig,
  trainPictures,
} from '../../src/training';
import { plainPicture, temporaryFolder, wholeSamples, writeShard } from '../data/fixtures';
import { TINY } from '../tiny';

const PICTURES = 9;
const RECIPE = { steps: 4, batchSize: 4, learningRate: 0.01 };

describe('trainPictures', () => {
  const folder = temporaryFolder();
  const pictures = join(folder, 'pictures');
  let root: string;
  let runs = 0;

  before(async () => {
    await startEngine();
    mkdirSync(pictures);
    for (let i = 0; i < PICTURES; i++) {
      writeFileSync(join(pictures, `${i}.png`), await plainPicture(20 * i, 24));
      writeFileSync(join(pictures, `${i}.txt`), `shade ${i}`);
    }
  });
  beforeEach(() => {
    root = join(folder, `results ${runs++}`);
  });

  const config = (changes: Record<string, unknown> = {}) => ({
    name: 'shades',
    data: { folder: pictures },
    model: TINY,
    recipe: RECIPE,
    logEvery: 1,
    ...changes,
  });
  const run = (changes: Record<string, unknown> = {}, options: TrainPicturesOptions = {}) =>
    trainPictures(toTrainingConfig(config(changes)), { root, ...options });
  const runFolder = () => join(root, 'train/runs/shades');

  /** The logged steps, without what depends on the clock. */
  const logged = () =>
    readMetrics(join(runFolder(), 'metrics.jsonl')).map(({ pairsPerSecond, ...record }) => record);

  /** A signal that comes in a step. */
  function stopIn(step: number): TrainPicturesOptions {
    const controller = new AbortController();
    return {
      signal: controller.signal,
      onStep: (report) => {
        if (report.step === step) controller.abort();
      },
    };
  }

  it('trains, and leaves a summary, metrics and a checkpoint', async () => {
    const summary = await run();
    const { seconds, loss, ...certain } = summary;
    assert.ok(seconds >= 0 && Number.isFinite(loss));
    assert.deepEqual(certain, {
      name: 'shades',
      objective: 'CLIP',
      steps: 4,
      pictures: PICTURES,
      pairs: 16,
      parameters: certain.parameters,
      skipped: { seen: PICTURES, bad: 0, kinds: [] },
      folder: runFolder(),
      checkpoints: join(runFolder(), 'checkpoints'),
    });
    assert.deepEqual(JSON.parse(readFileSync(join(runFolder(), 'summary.json'), 'utf8')), summary);
    assert.ok(existsSync(join(summary.checkpoints, 'step-000004.safetensors')));
    assert.equal(logged().at(-1)?.loss, loss);
  });

  it('trains DALIP, and ALIP on two texts of each picture, from shards', async () => {
    const members = await wholeSamples(0, PICTURES);
    for (const key of Object.keys(members).filter((name) => name.endsWith('.txt'))) {
      members[key.replace('.txt', '.json')] = JSON.stringify({ description: `a ${members[key]}` });
    }
    const sorted = Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)));
    const shards = await writeShard(join(folder, 'two.tar'), sorted);
    const data = { shards, textFields: ['description'] };
    const alip = await run({ name: 'alip', data, objective: { name: 'alip', historyStart: 'firstBatch' } });
    assert.deepEqual([alip.objective, alip.pictures], ['ALIP', PICTURES]);
    const model = { ...TINY, secondOrder: { heads: 2, reduced: 4, dropout: 0.5 } };
    assert.equal((await run({ name: 'dalip', data, model, objective: 'dalip' })).objective, 'DALIP');
  });

  describe('with a comparison system', () => {
    const shards = join(folder, 'systems-{0..1}.tar');
    const streamed = { shards, stream: true, shuffleBuffer: 4 };
    const model = { ...TINY, vision: { ...TINY.vision, patchSize: 4 } };
    const recipe = { ...RECIPE, steps: 3, learningRate: 0.001 };
    const declip = { head: { hidden: 8, bottleneck: 4 }, queueSize: 30 }; // the queue comes round in the third step
    const SYSTEMS: [label: string, objective: Record<string, unknown>][] = [
      ['SLIP', { name: 'slip' }],
      ['FILIP', { name: 'filip', keep: { count: 2 } }],
      ['DeCLIP', { name: 'declip', ...declip }],
      ['DeFILIP', { name: 'defilip', ...declip }],
      ['UniCLIP-style', { name: 'uniclip' }],
      ['HiCLIP-style', { name: 'hiclip' }],
      ['HiDeCLIP-style', { name: 'hideclip', ...declip }],
      ['CLIP on several sights', { name: 'multi-view' }],
    ];
    before(async () => {
      await writeShard(join(folder, 'systems-0.tar'), await wholeSamples(0, 7));
      await writeShard(join(folder, 'systems-1.tar'), await wholeSamples(7, 13));
    });

    for (const [label, objective] of SYSTEMS) {
      it(`trains, stops and resumes exactly, in memory and streamed: ${label}`, async () => {
        for (const data of [{ folder: pictures }, streamed]) {
          const changes = { data, objective, model, recipe };
          const tensors = tf.memory().numTensors;
          const summary = await run(changes);
          assert.equal(summary.objective, label);
          assert.equal(tf.memory().numTensors, tensors);
          const whole = logged();
          assert.equal(whole.length, 3);
          rmSync(root, { recursive: true });
          for (const step of [1, 2]) {
            await assert.rejects(run(changes, { ...stopIn(step), resume: step > 1 }), {
              name: 'RunInterruptedError',
            });
          }
          await run(changes, { resume: true });
          assert.deepEqual(logged(), whole);
          rmSync(root, { recursive: true });
        }
      });
    }
  });

  it('needs two texts of each picture for ALIP', async () => {
    await assert.rejects(run({ objective: 'alip' }), {
      message:
        'Expected two texts of each picture for ALIP, the raw text and a caption, but 9 of 9 have one only ' +
        '(first "0.png"); add captions or choose another objective.',
    });
  });

  describe('with captions made elsewhere', () => {
    const file = join(folder, 'made.jsonl');
    const alip = { objective: { name: 'alip', historyStart: 'firstBatch' } };
    const write = (keys: readonly string[], caption: (key: string) => string) =>
      writeFileSync(file, keys.map((key) => JSON.stringify({ key, caption: caption(key) })).join('\n'));
    const keysOf = (length: number, ending = '') => Array.from({ length }, (_, i) => `${i}${ending}`);

    it('trains ALIP on them, and reports what is missing', async () => {
      write([...keysOf(PICTURES - 1, '.png'), 'other.png'], (key) => `a shade, ${key}`);
      const data = { folder: pictures, addCaptions: { file, missing: 'skip' } };
      const { pictures: usable, captions, skipped } = await run({ ...alip, data });
      assert.deepEqual([usable, skipped.bad], [PICTURES - 1, 0]);
      assert.deepEqual(
        [captions?.matched, captions?.missing, captions?.unused],
        [PICTURES - 1, { count: 1, first: ['8.png'], handling: 'skip' }, { count: 1, first: ['other.png'] }],
      );
      const addCaptions = { file, missing: 'raw' };
      const whole = await run({ ...alip, name: 'raw', data: { folder: pictures, addCaptions } });
      assert.equal(whole.pictures, PICTURES);
      await assert.rejects(
        run({ ...alip, name: 'strict', data: { folder: pictures, addCaptions: { file } } }),
        {
          message:
            `Expected a caption of every picture in "${file}", but 1 of the 9 pictures read has none ` +
            '(first "8.png"); add these, or set "missing" to "skip" or "raw".',
        },
      );
    });

    it('does not resume with other captions', async () => {
      const changes = { ...alip, data: { folder: pictures, addCaptions: { file } } };
      const keys = keysOf(PICTURES, '.png');
      write(keys, (key) => `a shade, ${key}`);
      await run(changes);
      const whole = logged();
      rmSync(root, { recursive: true });
      await assert.rejects(run(changes, stopIn(2)), { name: 'RunInterruptedError' });
      write(keys, (key) => `another shade, ${key}`);
      await assert.rejects(run(changes, { resume: true }), /began with other captions \(9 there, 9 now\)/);
      write(keys, (key) => `a shade, ${key}`);
      await run(changes, { resume: true });
      assert.deepEqual(logged(), whole);
    });

    it('joins them to a stream', async () => {
      const shards = await writeShard(join(folder, 'streamed.tar'), await wholeSamples(0, PICTURES));
      const keys = keysOf(PICTURES).map((key) => key.padStart(3, '0'));
      write(keys.slice(1), (key) => `a shade, ${key}`);
      const changes = (missing: string) => ({
        ...alip,
        data: { shards, stream: true, shuffleBuffer: 2, addCaptions: { file, missing } },
      });
      const { captions } = await run(changes('skip'));
      assert.ok(captions && captions.matched >= 16 && captions.unused.count === 0, JSON.stringify(captions));
      const whole = logged();
      rmSync(root, { recursive: true });
      await assert.rejects(run(changes('skip'), stopIn(2)), { name: 'RunInterruptedError' });
      await run(changes('skip'), { resume: true });
      assert.deepEqual(logged(), whole);
      rmSync(root, { recursive: true });
      await assert.rejects(run(changes('error')), /1 of the \d pictures read has none \(first "000"\)/);
    });
  });

  it('stops with a checkpoint when asked, and resumes exactly', async () => {
    await run();
    const whole = logged();
    rmSync(root, { recursive: true });

    await assert.rejects(run({}, stopIn(2)), {
      name: 'RunInterruptedError',
      message: 'Stopped after step 2 of 4; its checkpoint is saved.',
    });
    await assert.rejects(run(), {
      message: `The run in "${runFolder()}" is unfinished; add --resume to go on, or delete that folder to start over.`,
    });
    const steps: number[] = [];
    await run({}, { resume: true, onStep: ({ step }) => steps.push(step) });
    assert.deepEqual(steps, [3, 4]);
    assert.deepEqual(logged(), whole);
  });

  it('refuses a second run in the folder while the first goes on, and lets that one end', async () => {
    const seconds: Promise<unknown>[] = [];
    const refusal = { message: /" is in use by this process \(\d+\) since \d{4}-.*Z; wait for it or/ };
    const onStep = () => seconds.push(assert.rejects(run({}, { resume: true }), refusal));
    const summary = await run({}, { onStep });
    assert.equal((await Promise.all(seconds)).length, 4);
    assert.equal(summary.steps, 4);
    assert.equal(logged().length, 4);
  });

  describe('streaming', () => {
    const sources = [
      { shards: join(folder, 'plants-{0..1}.tar'), weight: 10 },
      { shards: join(folder, 'general.tar'), weight: 3 },
    ];
    const data = { sources, shuffleBuffer: 4 };
    const recipe = { ...RECIPE, steps: 8 };
    before(async () => {
      await writeShard(join(folder, 'plants-0.tar'), await wholeSamples(0, 7));
      await writeShard(join(folder, 'plants-1.tar'), await wholeSamples(7, 13));
      await writeShard(join(folder, 'general.tar'), await wholeSamples(200, 205));
    });

    it('stops and resumes exactly, with the same batches', async () => {
      const summary = await run({ data, recipe });
      assert.deepEqual([summary.pictures, summary.pairs, summary.skipped.bad], [undefined, 32, 0]);
      assert.ok(summary.skipped.seen >= 32, `${summary.skipped.seen} samples seen`);
      const whole = logged();
      rmSync(root, { recursive: true });

      await assert.rejects(run({ data, recipe }, stopIn(5)), { name: 'RunInterruptedError' });
      let passedOver = 0;
      const onPassedOver = (count: number) => {
        passedOver = count;
      };
      await run({ data, recipe }, { resume: true, onPassedOver });
      assert.ok(passedOver > 0 && passedOver < 18, `${passedOver} samples passed over`);
      assert.deepEqual(logged(), whole);
    });

    it('can be stopped on the way to where it had stopped', async () => {
      await assert.rejects(run({ data, recipe }, stopIn(5)), { name: 'RunInterruptedError' });
      await assert.rejects(run({ data, recipe }, { resume: true, signal: AbortSignal.abort() }), {
        name: 'RunInterruptedError',
        message: 'Stopped on the way to where the run had stopped.',
      });
      assert.equal((await run({ data, recipe }, { resume: true })).steps, 8);
    });

    it('does not resume with other shards', async () => {
      await assert.rejects(run({ data, recipe }, stopIn(5)), { name: 'RunInterruptedError' });
      const shard = join(folder, 'general.tar');
      const before = readFileSync(shard);
      await writeShard(shard, await wholeSamples(200, 204));
      await assert.rejects(
        run({ data, recipe }, { resume: true }),
        /began with other shards \(3 there, 3 now\); restore them/,
      );
      writeFileSync(shard, before);
    });
  });

  it('starts from a file of weights, and only in the beginning', async () => {
    const donor = createClip(TINY, 77);
    const start = join(folder, 'start.safetensors');
    writeSafetensors(
      start,
      new Map(
        [...donor.parameters].map(([name, variable]) => [
          name,
          { dtype: 'F32' as const, shape: variable.shape, data: variable.dataSync() as Float32Array },
        ]),
      ),
    );
    await run();
    const drawn = logged();
    rmSync(root, { recursive: true });
    await run({ start });
    const started = logged();
    assert.notEqual(started[0].loss, drawn[0].loss);
    rmSync(root, { recursive: true });
    await assert.rejects(run({ start }, stopIn(2)), { name: 'RunInterruptedError' });
    await run({ start }, { resume: true });
    assert.deepEqual(logged(), started);
    await assert.rejects(run({ name: 'wide', start, model: { ...TINY, embedDim: 32 } }), {
      message:
        `"${start}" is no start for this model: The saved parameter "text_projection" has shape [16,16], ` +
        'expected [16,32]; load what was saved with the same model configuration.',
    });
    disposeParameters(donor.parameters);
  });

  it('gives a finished run back when asked to resume it, and does not train it anew otherwise', async () => {
    const summary = await run();
    const onReading = () => assert.fail('the pictures are read');
    assert.deepEqual(await run({}, { resume: true, onReading }), summary);
    await assert.rejects(run(), /" is finished; give the configuration another name, or delete that folder/);
  });

  it('does not resume with another configuration or other pictures', async () => {
    const own = join(folder, 'own');
    mkdirSync(own);
    for (let i = 0; i < 6; i++) {
      writeFileSync(join(own, `${i}.png`), await plainPicture(20 * i));
      writeFileSync(join(own, `${i}.txt`), `shade ${i}`);
    }
    const data = { folder: own };
    await assert.rejects(run({ data }, stopIn(1)), { name: 'RunInterruptedError' });
    await assert.rejects(
      run({ data, recipe: { ...RECIPE, learningRate: 0.02 } }, { resume: true }),
      /\(recipe\.learningRate: 0\.01 there, 0\.02 here\)/,
    );
    rmSync(join(own, '5.png'));
    await assert.rejects(run({ data }, { resume: true }), /began with other pictures \(6 there, 5 now\)/);
  });

  it('skips and counts unusable samples, up to the limit', async () => {
    const bad = join(folder, 'bad');
    mkdirSync(bad);
    for (const name of readdirSync(pictures))
      writeFileSync(join(bad, name), readFileSync(join(pictures, name)));
    writeFileSync(join(bad, 'x.png'), 'no picture');
    writeFileSync(join(bad, 'x.txt'), 'a text');
    writeFileSync(join(bad, 'y.png'), await plainPicture(0));
    writeFileSync(join(bad, 'z.png'), await plainPicture(0));
    writeFileSync(join(bad, 'z.txt'), ' ');
    const { skipped, pictures: usable } = await run({ data: { folder: bad } });
    assert.deepEqual([usable, skipped.seen, skipped.bad], [PICTURES, PICTURES + 3, 3]);
    assert.deepEqual(
      new Map(skipped.kinds.map(({ kind, firstKeys }) => [kind, firstKeys])),
      new Map([
        ['missing-text', ['y.png']],
        ['empty-caption', ['z.png']],
        ['corrupt-picture', ['x.png']],
      ]),
    );
    await assert.rejects(run({ name: 'strict', data: { folder: bad, limitFraction: 0.1 } }), {
      name: 'TooManyBadSamplesError',
      message: /^3 of 12 samples are unusable \(.*\), more than the tolerated 10%/,
    });
  });

  it('says what is wrong with the data before it makes a folder', async () => {
    await assert.rejects(
      run({ data: { folder: join(folder, 'none') } }),
      /^Error: Expected a folder of pictures at/,
    );
    await assert.rejects(run({ data: { shards: join(folder, 'none-*.tar') } }), /^Error: Expected shards/);
    await assert.rejects(run({ recipe: { ...RECIPE, batchSize: 10 } }), {
      message: 'A batch takes 10 pictures but the training data has 9; use a smaller batch.',
    });
    assert.equal(existsSync(root), false);
  });

  it('stops where the loss is no number, with step, learning rate and keys, and keeps the last checkpoint', async () => {
    const recipe = { ...RECIPE, learningRate: 1e30, warmupSteps: 0 };
    await assert.rejects(run({ recipe, checkpointEvery: 1 }), (error) => {
      assert.ok(error instanceof NotANumberError);
      assert.match(error.message, /at step 2 \(loss NaN, .*learning rate \d.*e\+29, batch: \d\.png, /);
      return true;
    });
    assert.ok(existsSync(join(runFolder(), 'checkpoints/step-000001.json')));
  });
});
