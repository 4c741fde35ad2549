import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUGMENTATION_SIZE } from '../../src/data';
import {
  MINI_MODEL,
  MINI_SECOND_ORDER,
  OFFICIAL_SECOND_ORDER,
  QUICK_MODEL,
  VIT_B_16,
  VIT_B_32,
} from '../../src/models';
import { isStreamed, readTrainingConfig, SMALL_SIZES, toTrainingConfig } from '../../src/training';
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

  describe('of comparison systems', () => {
    const configOf = (objective: unknown, changes: object = {}) =>
      toTrainingConfig({ ...SMALLEST, objective, ...changes });
    const large = (objective: unknown) => configOf(objective, { model: 'ViT-B-16' });
    const weights = { contrast: 0.4, imageSelf: 0.2, textSelf: 0.2, neighbours: 0.2, tokens: 0 };
    const simsiam = { hidden: 1024, bottleneck: 512 };
    const [learned, augmentation] = [{ links: 'learned' }, { width: 32, hidden: 128 }];
    const declip = {
      weights,
      view: 'simclr',
      head: simsiam,
      queueSize: 65_536,
      contrastText: 'masked',
    };
    const PUBLISHED: [objective: string, settings: object, auxiliary?: object, grouping?: object][] = [
      [
        'slip',
        { weight: 1, temperature: 0.1, view: 'simclr', head: { hidden: 4096, output: 256 } },
        { simclr: { hidden: 4096, output: 256 } },
      ],
      ['filip', { width: 256, aggregate: 'mean' }, { tokens: { width: 256 } }],
      ['declip', declip, { simsiam, maskedText: true }],
      [
        'defilip',
        { ...declip, weights: { ...weights, tokens: 0.2 }, tokenWidth: 256 },
        { simsiam, maskedText: true, tokens: { width: 256 } },
      ],
      [
        'uniclip',
        {
          similarity: 'domain',
          denominator: 'onePositive',
          sameDomainNegatives: true,
          view: 'simclr',
          head: augmentation,
        },
        { augmentation: { inputs: AUGMENTATION_SIZE, ...augmentation }, domains: true },
      ],
      ['hiclip', { grouping: learned }, undefined, learned],
      ['hideclip', { ...declip, grouping: learned }, { simsiam, maskedText: true }, learned],
      ['multi-view', { view: 'simclr', edited: true }],
    ];
    for (const [name, settings, auxiliary, grouping] of PUBLISHED) {
      it(`gives a large model the published sizes and the parts of ${name}`, () => {
        const { objective, model } = large(name);
        assert.deepEqual(objective, { name, ...settings });
        const towers = (tower: object) => (grouping ? { ...tower, grouping } : tower);
        assert.deepEqual(model, {
          ...VIT_B_16,
          vision: towers(VIT_B_16.vision),
          text: towers(VIT_B_16.text),
          ...(auxiliary && { auxiliary }),
        });
      });
    }

    it('gives a small model, by name or by sizes, small parts and views', () => {
      const { simclr, simsiam, tokens, queue } = SMALL_SIZES;
      for (const [model, base] of [
        ['mini', MINI_MODEL],
        [TINY, TINY],
      ] as const) {
        const slip = configOf('slip', { model });
        assert.deepEqual(slip.model, { ...base, auxiliary: { simclr } });
        assert.deepEqual(slip.objective, {
          name: 'slip',
          weight: 1,
          temperature: 0.1,
          view: 'strong',
          head: simclr,
        });
        const defilip = configOf('defilip', { model });
        assert.deepEqual(defilip.model, { ...base, auxiliary: { simsiam, maskedText: true, tokens } });
        assert.equal((defilip.objective as { queueSize?: number }).queueSize, queue);
      }
    });

    it('keeps what is given, and has the parts of the signals that count alone', () => {
      const slip = {
        name: 'slip',
        weight: 0.5,
        temperature: 0.2,
        view: 'simclr',
        head: { hidden: 8, output: 4 },
      };
      assert.deepEqual(configOf(slip).objective, slip);
      const filip = { name: 'filip', width: 8, aggregate: 'sum', keep: { share: 0.25 } };
      assert.deepEqual(configOf(filip).objective, filip);
      const bare = configOf({ name: 'declip', weights: { imageSelf: 0, textSelf: 0, neighbours: 0 } });
      assert.deepEqual(bare.objective, {
        name: 'declip',
        weights: { ...weights, imageSelf: 0, textSelf: 0, neighbours: 0 },
        view: 'strong',
      });
      assert.deepEqual(bare.model, { ...MINI_MODEL, auxiliary: {} });
      const distance = { links: 'distance', selfWeight: 'tiny' };
      assert.deepEqual(configOf({ name: 'hiclip', grouping: distance }).model.text.grouping, distance);
    });

    it('cuts a batch in chunks with each of them', () => {
      for (const [name] of PUBLISHED) assert.equal(configOf(name, { recipe: { chunk: 9 } }).recipe.chunk, 9);
    });

    const MISTAKES: [value: unknown, sentence: string][] = [
      [{ name: 'slip', weight: 0 }, 'objective.weight: expected a number above 0, got 0.'],
      [
        { name: 'slip', view: 'stronk' },
        'objective.view: expected one of "strong", "simclr", got "stronk"; did you mean "strong"?',
      ],
      [
        { name: 'filip', keep: { share: 2 } },
        'objective.keep.share: expected a number above 0 and up to 1, got 2.',
      ],
      [{ name: 'filip', keep: 3 }, 'objective.keep: expected an object, got 3.'],
      [
        { name: 'filip', padding: 'kept' },
        'objective.padding: there is no such setting; known here: name, width, aggregate, keep.',
      ],
      [
        { name: 'declip', weights: { contrast: 0 } },
        'objective.weights.contrast: expected a number above 0, got 0.',
      ],
      [
        { name: 'declip', weights: { neighbours: 0 }, queueSize: 9 },
        'objective.queueSize: belongs to the signal "neighbours", whose weight is 0.',
      ],
      [
        { name: 'declip', tokenWidth: 9 },
        'objective.tokenWidth: belongs to the signal "tokens", whose weight is 0.',
      ],
      [
        { name: 'declip', grouping: {} },
        'objective.grouping: there is no such setting; known here: name, weights, view, head, queueSize, contrastText, tokenWidth.',
      ],
      [
        { name: 'hiclip', grouping: { links: 'distance', scale: 1 } },
        'objective.grouping: Expected no scale where links are distances: it multiplies q·k, which only learned links have.',
      ],
      [
        { name: 'uniclip', augmentation: 'shuffled' },
        'objective.augmentation: there is no such setting; known here: name, similarity, denominator, sameDomainNegatives, view, head.',
      ],
    ];
    for (const [objective, message] of MISTAKES) {
      it(`says what is wrong with ${JSON.stringify(objective)}`, () => {
        assert.throws(() => configOf(objective), { name: 'ValueError', message });
      });
    }

    it('says what is wrong with a model for them', () => {
      const onePatch = { ...TINY, vision: { ...TINY.vision, patchSize: 16 } };
      assert.throws(() => configOf('hiclip', { model: onePatch }), {
        message: 'objective: One patch of 16 pixels has no neighbours to be grouped with; take smaller ones.',
      });
      assert.throws(() => configOf('slip', { model: TINY_SECOND_ORDER }), {
        message: 'model.secondOrder: the objective "slip" does not train these heads; leave them out.',
      });
      assert.throws(() => configOf('slip', { model: { ...TINY, auxiliary: {} } }), {
        message:
          'model.auxiliary: there is no such setting; known here: embedDim, vision, text, quickGelu, secondOrder.',
      });
    });
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
      'objective: expected one of "clip", "dalip", "alip", "slip", "filip", "declip", "defilip", "uniclip", "hiclip", "hideclip", "multi-view", got "siglip".',
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

  it('says one short sentence of whatever stands in the file', () => {
    const lists = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const hostile: [string, RegExp][] = [
      ['{\n "a"\n x}', /^Expected JSON in ".*", but got something else \([^\n]+\); mend the file\.$/],
      [`{"name": ${lists}}`, /name: expected a text, got lists or objects that nest too deep to be shown\.$/],
      [`{"${'x'.repeat(1e6)}": 1}`, /x{60}…: there is no such setting; known here: name,/],
      ['{"\\u001b[2J": 1}', /", \?\[2J: there is no such setting/],
      ['{"name": "\\u001b[2J", "data": {"folder": "a"}}', /name: "\?\[2J" cannot name/],
    ];
    for (const [content, message] of hostile) {
      assert.throws(() => readTrainingConfig(written(content)), { name: 'Error', message });
    }
  });
});
