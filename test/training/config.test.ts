import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  MINI_MODEL,
  MINI_SECOND_ORDER,
  OFFICIAL_SECOND_ORDER,
  QUICK_MODEL,
  VIT_B_16,
  VIT_B_32,
} from '../../src/models';
import { isStreamed, readTrainingConfig, toTrainingConfig } from '../../src/training';
import { temporaryFolder } from '../data/fixtures';
import { TINY, TINY_SECOND_ORDER } from '../tiny';

const SMALLEST = { name: 'pets', data: { folder: 'pictures' } };

describe('toTrainingConfig', () => {
  it('fills in every default', () => {
    assert.deepEqual(toTrainingConfig(SMALLEST), {
      name: 'pets',
      data: { folder: 'pictures', pictureSize: 64 },
      objective: { name: 'clip' },
      model: MINI_MODEL,
      recipe: {
        steps: 500,
        batchSize: 128,
        learningRate: 1e-3,
        warmupSteps: 50,
        weightDecay: 0.2,
        beta1: 0.9,
        beta2: 0.98,
        epsilon: 1e-6,
        clipNorm: 1,
        seed: 0,
      },
      checkpointEvery: 100,
      logEvery: 5,
    });
  });

  it('knows objectives by name, and their options', () => {
    const objectiveOf = (objective: unknown) => toTrainingConfig({ ...SMALLEST, objective }).objective;
    assert.deepEqual(objectiveOf('dalip'), { name: 'dalip', alpha: 0.5 });
    assert.deepEqual(objectiveOf({ name: 'dalip', alpha: 0.7 }), { name: 'dalip', alpha: 0.7 });
    assert.deepEqual(objectiveOf('alip'), { name: 'alip', gated: true, historyStart: 'one' });
    assert.deepEqual(objectiveOf({ name: 'alip', gated: false, historyStart: 'firstBatch' }), {
      name: 'alip',
      gated: false,
      historyStart: 'firstBatch',
    });
    const ablation = {
      name: 'alip',
      gated: true,
      historyStart: 'one',
      variant: 'paper',
      gates: { gammaPair: 4, use: ['sample'], shape: 'threshold', placebo: 'shuffled' },
    };
    assert.deepEqual(objectiveOf(ablation), ablation);
  });

  it('trains as ALIP was, rising for a tenth of the steps', () => {
    const recipe = { steps: 1234, schedule: 'oneCycle', cycleMomentum: false, decayed: 'all' };
    const read = toTrainingConfig({ ...SMALLEST, recipe }).recipe;
    assert.deepEqual({ ...read, ...recipe, warmupSteps: 123.4 }, read);
  });

  it('takes models by name, with the heads that DALIP needs, or by their sizes', () => {
    const modelOf = (model: unknown, objective = 'clip') =>
      toTrainingConfig({ ...SMALLEST, model, objective }).model;
    assert.deepEqual(modelOf('quick'), QUICK_MODEL);
    assert.deepEqual(modelOf('mini', 'dalip'), { ...MINI_MODEL, secondOrder: MINI_SECOND_ORDER });
    assert.deepEqual(modelOf(undefined, 'dalip'), { ...MINI_MODEL, secondOrder: MINI_SECOND_ORDER });
    assert.deepEqual(modelOf('ViT-B-16'), VIT_B_16);
    assert.deepEqual(modelOf('ViT-B-32'), VIT_B_32);
    assert.deepEqual(modelOf('ViT-B-16', 'dalip'), { ...VIT_B_16, secondOrder: OFFICIAL_SECOND_ORDER });
    assert.deepEqual(modelOf(TINY), TINY);
    assert.deepEqual(modelOf(TINY_SECOND_ORDER, 'dalip'), TINY_SECOND_ORDER);
  });

  it('takes one or several shard specifications', () => {
    const data = {
      shards: ['a.tar', 'b-{0..3}.tar'],
      textFields: ['title'],
      limitFraction: 0.5,
      pictureSize: 32,
    };
    assert.deepEqual(toTrainingConfig({ name: 'web', data }).data, data);
    assert.equal(toTrainingConfig({ name: 'web', data: { shards: 'a.tar' } }).data.shards, 'a.tar');
  });

  it('takes weighted sources and streams them, one source where it is asked to', () => {
    const dataOf = (data: object) => toTrainingConfig({ name: 'web', data }).data;
    const sources = [
      { shards: 'plants/*.tar', weight: 10 },
      { shards: ['a.tar', 'b.tar'], weight: 3 },
    ];
    const mixed = dataOf({ sources, shuffleBuffer: 50, cropScale: [0.9, 1] });
    assert.deepEqual([mixed.sources, isStreamed(mixed)], [sources, true]);
    assert.deepEqual(dataOf({ sources: [{ shards: 'a.tar' }] }).sources, [{ shards: 'a.tar', weight: 1 }]);
    const streams = [{ shards: 'a.tar', stream: true }, { shards: 'a.tar' }, { folder: 'a' }];
    assert.deepEqual(
      streams.map((data) => isStreamed(dataOf(data))),
      [true, false, false],
    );
  });

  it('takes crops and the choice of text', () => {
    const data = {
      shards: 'a.tar',
      cropScale: [0.7, 1],
      cropAspect: [0.8, 1.25],
      cropAttempts: 100,
      flip: 0.5,
      textChoice: 'first',
      pictureSize: 32,
    };
    assert.deepEqual(toTrainingConfig({ name: 'web', data }).data, data);
  });

  it('takes captions made elsewhere', () => {
    const captions = { file: 'made.jsonl', keyField: 'id', missing: 'skip' };
    const data = { folder: 'a', addCaptions: captions };
    assert.deepEqual(toTrainingConfig({ name: 'web', data }).data.addCaptions, captions);
  });

  it('takes the weights that a model starts from', () => {
    assert.equal(toTrainingConfig({ ...SMALLEST, start: 'a.safetensors' }).start, 'a.safetensors');
  });

  const withRecipe = (recipe: object) => ({ ...SMALLEST, recipe });
  const withData = (data: unknown) => ({ ...SMALLEST, data });
  const withVision = (vision: object) => ({
    ...SMALLEST,
    model: { ...TINY, vision: { ...TINY.vision, ...vision } },
  });
  const MISTAKES: [mistake: string, value: unknown, sentence: string][] = [
    ['no object', [], 'expected an object, got [].'],
    ['no name', { data: SMALLEST.data }, 'name: expected a text, got nothing.'],
    [
      'a name that is no folder',
      { ...SMALLEST, name: 'a/b' },
      'name: "a/b" cannot name an experiment or a run; use letters, digits and . _ + = -, without a leading dot.',
    ],
    ['no data', { name: 'pets' }, 'data: expected an object, got nothing.'],
    [
      'no source',
      withData({}),
      'data: expected one of "shards", "sources" and "folder", so that it is clear what to read.',
    ],
    [
      'two sources',
      withData({ shards: 'a.tar', folder: 'b' }),
      'data: expected one of "shards", "sources" and "folder", so that it is clear what to read.',
    ],
    [
      'captions of shards',
      withData({ shards: 'a.tar', captions: 'b' }),
      'data.captions: belongs to a "folder".',
    ],
    [
      'fields of a folder',
      withData({ folder: 'a', textFields: ['b'] }),
      'data.textFields: belongs to "shards" or "sources".',
    ],
    [
      'a handling of missing captions that there is not',
      withData({ folder: 'a', addCaptions: { file: 'b.csv', missing: 'skipp' } }),
      'data.addCaptions.missing: expected one of "error", "skip", "raw", got "skipp"; did you mean "skip"?',
    ],
    ['no sources', withData({ sources: [] }), 'data.sources: expected at least one source, got none.'],
    [
      'a weight of nothing',
      withData({ sources: [{ shards: 'a.tar', weight: 0 }] }),
      'data.sources[0].weight: expected a number above 0, got 0.',
    ],
    [
      'a streamed folder',
      withData({ folder: 'a', stream: true }),
      'data.stream: belongs to "shards"; a folder is read into memory.',
    ],
    [
      'a buffer without a stream',
      withData({ shards: 'a.tar', shuffleBuffer: 9 }),
      'data.shuffleBuffer: belongs to a stream; add "stream": true.',
    ],
    [
      'a range upside down',
      withData({ folder: 'a', cropScale: [1, 0.9] }),
      'data.cropScale: expected two shares up to 1, the smaller one first, got [1,0.9].',
    ],
    ['a list with a number', withData({ shards: ['a.tar', 3] }), 'data.shards[1]: expected a text, got 3.'],
    [
      'a near miss',
      { ...SMALLEST, recipee: {} },
      'recipee: there is no such setting; did you mean "recipe"?',
    ],
    [
      'swapped letters',
      withRecipe({ stesp: 3 }),
      'recipe.stesp: there is no such setting; did you mean "steps"?',
    ],
    [
      'a strange key',
      withData({ folder: 'a', colour: 'red' }),
      'data.colour: there is no such setting; known here: shards, sources, stream, shuffleBuffer, textFields, textChoice, folder, captions, addCaptions, pictureSize, cropScale, cropAspect, cropAttempts, flip, limitFraction.',
    ],
    [
      'a text for a number',
      withRecipe({ steps: 'many' }),
      'recipe.steps: expected a whole number of at least 1, got "many".',
    ],
    [
      'a broken number',
      withRecipe({ steps: 1.5 }),
      'recipe.steps: expected a whole number of at least 1, got 1.5.',
    ],
    ['no rate', withRecipe({ learningRate: 0 }), 'recipe.learningRate: expected a number above 0, got 0.'],
    [
      'too large a share',
      withData({ folder: 'a', limitFraction: 2 }),
      'data.limitFraction: expected a number from 0 to 1, got 2.',
    ],
    [
      'an aspect upside down',
      withData({ folder: 'a', cropAspect: [1.25, 0.8] }),
      'data.cropAspect: expected two numbers, the smaller one first, got [1.25,0.8].',
    ],
    [
      'one text of two',
      { ...SMALLEST, objective: 'alip', data: { folder: 'a', textChoice: 'first' } },
      'data.textChoice: belongs to objectives that read one text; "alip" reads two.',
    ],
    [
      'too long a warm-up',
      withRecipe({ steps: 4, warmupSteps: 5 }),
      'recipe.warmupSteps: expected at most as many as "steps" (4), got 5.',
    ],
    [
      'half a step of a linear warm-up',
      withRecipe({ warmupSteps: 1.5 }),
      'recipe.warmupSteps: expected a whole number of at least 0, got 1.5.',
    ],
    [
      'a cycle without its schedule',
      withRecipe({ cycleMomentum: true }),
      'recipe.cycleMomentum: belongs to "schedule": "oneCycle".',
    ],
    [
      'a gate that is none',
      { ...SMALLEST, objective: { name: 'alip', gates: { use: ['samples'] } } },
      'objective.gates.use[0]: expected one of "sample", "imageText", "imageCaption", got "samples"; did you mean "sample"?',
    ],
    [
      'an unknown model',
      { ...SMALLEST, model: 'mimi' },
      'model: expected one of "mini", "quick", "ViT-B-16", "ViT-B-32", got "mimi"; did you mean "mini"?',
    ],
    [
      'an unknown objective',
      { ...SMALLEST, objective: 'siglip' },
      'objective: expected one of "clip", "dalip", "alip", got "siglip".',
    ],
    [
      'an option of another objective',
      { ...SMALLEST, objective: { name: 'clip', alpha: 1 } },
      'objective.alpha: there is no such setting; known here: name.',
    ],
    [
      'a flag that is none',
      { ...SMALLEST, objective: { name: 'alip', gated: 'no' } },
      'objective.gated: expected true or false, got "no".',
    ],
    [
      'patches that do not fit',
      withVision({ imageSize: 20 }),
      'model: The image size 20 is not a multiple of the patch size 8.',
    ],
    [
      'heads that do not fit',
      withVision({ heads: 3 }),
      'model: The vision width 16 does not divide into 3 heads.',
    ],
    [
      'a missing size',
      { ...SMALLEST, model: { ...TINY, embedDim: undefined } },
      'model.embedDim: expected a whole number of at least 1, got nothing.',
    ],
    [
      'no heads for DALIP',
      { ...SMALLEST, model: TINY, objective: 'dalip' },
      'model.secondOrder: expected the heads that the objective "dalip" trains.',
    ],
    [
      'heads without DALIP',
      { ...SMALLEST, model: TINY_SECOND_ORDER },
      'model.secondOrder: the objective "clip" does not train these heads; leave them out.',
    ],
  ];
  for (const [mistake, value, sentence] of MISTAKES) {
    it(`names the place of ${mistake}`, () => {
      assert.throws(() => toTrainingConfig(value), { name: 'ValueError', message: sentence });
    });
  }
});

describe('readTrainingConfig', () => {
  const folder = temporaryFolder();
  const written = (content: string): string => {
    const path = join(folder, 'run.json');
    writeFileSync(path, content);
    return path;
  };

  it('reads a file, with a byte order mark or without', () => {
    const json = JSON.stringify(SMALLEST);
    assert.deepEqual(readTrainingConfig(written(`\uFEFF${json}`)), toTrainingConfig(SMALLEST));
  });

  it('names the file and the place', () => {
    const path = written(JSON.stringify({ ...SMALLEST, logEvery: 0 }));
    const message = `"${path}", logEvery: expected a whole number of at least 1, got 0.`;
    assert.throws(() => readTrainingConfig(path), { message });
  });

  it('says what a file that is missing, a folder, or no JSON is', () => {
    const missing = join(folder, 'none.json');
    assert.throws(() => readTrainingConfig(missing), {
      message: `Expected a JSON file at "${missing}", but there is no such file; check the path.`,
    });
    assert.throws(() => readTrainingConfig(folder), {
      message: `Expected a JSON file at "${folder}", but it cannot be read (EISDIR); check the path.`,
    });
    assert.throws(
      () => readTrainingConfig(written('{ name: pets }')),
      /^Error: Expected JSON in ".*run.json", but got/,
    );
  });
});
