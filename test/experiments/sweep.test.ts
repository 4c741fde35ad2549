import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type RunWithState,
  readSweepFile,
  type Score,
  type SweepRun,
  sweepTable,
  toSweep,
} from '../../src/experiments/sweep';
import { formatCell, isBest } from '../../src/report';
import { temporaryFolder } from '../data/fixtures';

const base = { data: { folder: 'pictures' }, model: 'quick', recipe: { steps: 40, batchSize: 8 } };
const of = (more: Record<string, unknown>) =>
  toSweep({ name: 'rates', base, ...more }, () => assert.fail('no file is asked for'));
const settingsOf = ({ values, seed }: SweepRun) => [...values, seed];

describe('toSweep', () => {
  it('combines the values of a grid, the last setting changing fastest, each with all seeds', () => {
    const { columns, runs } = of({
      grid: { objective: ['clip', { name: 'dalip', alpha: 0.3 }], 'recipe.learningRate': [1e-3, 3e-4] },
      seeds: [4, 5],
    });
    assert.deepEqual(columns, ['objective', 'learningRate']);
    assert.deepEqual(runs.map(settingsOf), [
      ['clip', '0.001', 4],
      ['clip', '0.001', 5],
      ['clip', '0.0003', 4],
      ['clip', '0.0003', 5],
      ['dalip alpha=0.3', '0.001', 4],
      ['dalip alpha=0.3', '0.001', 5],
      ['dalip alpha=0.3', '0.0003', 4],
      ['dalip alpha=0.3', '0.0003', 5],
    ]);
    const { name, config } = runs.at(-1)!;
    assert.equal(name, 'rates-objective=dalip_alpha=0.3-learningRate=0.0003-seed=5');
    assert.deepEqual(
      [config.name, config.objective, config.recipe.learningRate, config.recipe.seed, config.recipe.steps],
      [name, { name: 'dalip', alpha: 0.3 }, 3e-4, 5, 40],
    );
    assert.ok(config.model.secondOrder, 'defaults are those of each run’s own objective');
    assert.equal(runs[0].config.model.secondOrder, undefined);
  });

  it('takes sets of settings, with labels or without, alone or with a grid', () => {
    const labelled = of({
      list: [
        { label: 'as published', 'recipe.warmupSteps': 4 },
        { label: 'gentle', 'recipe.clipNorm': 0.1, 'recipe.warmupSteps': 9 },
      ],
      grid: { 'recipe.batchSize': [4, 8] },
    });
    assert.deepEqual(labelled.columns, ['variant', 'batchSize']);
    assert.deepEqual(
      labelled.runs.map(({ name }) => name),
      [
        ['as_published', 4],
        ['as_published', 8],
        ['gentle', 4],
        ['gentle', 8],
      ].map(([label, size]) => `rates-${label}-batchSize=${size}-seed=0`),
    );
    const { clipNorm, warmupSteps, batchSize } = labelled.runs[3].config.recipe;
    assert.deepEqual([clipNorm, warmupSteps, batchSize], [0.1, 9, 8]);
    const bare = of({ list: [{ 'recipe.warmupSteps': 4 }, { 'recipe.clipNorm': 2 }] });
    assert.deepEqual(bare.columns, ['warmupSteps', 'clipNorm']);
    assert.deepEqual(bare.runs.map(settingsOf), [
      ['4', 'as in base', 0],
      ['as in base', '2', 0],
    ]);
  });

  it('varies seeds alone, the base’s where none are given', () => {
    assert.deepEqual(of({ seeds: [1, 2] }).runs.map(settingsOf), [[1], [2]]);
    const seeded = toSweep({ name: 'one', base: { ...base, recipe: { seed: 7 } } }, () => null);
    assert.deepEqual(
      seeded.runs.map(({ name, seed }) => [name, seed]),
      [['one-seed=7', 7]],
    );
  });

  it('gives every run a name of its own that a folder can have', () => {
    const { runs } = of({
      grid: { 'data.shards': [undefined], objective: ['clip'], 'recipe.clipNorm': [1, 2] },
      list: [{ label: 'a b' }, { label: 'a_b' }, { label: 'ä/b' }, { label: 'x'.repeat(200) }],
    });
    const names = runs.map(({ name }) => name);
    assert.equal(new Set(names).size, 8, names.join('\n'));
    for (const name of names) assert.match(name, /^[\w.+=-]{1,129}$/);
    const two = of({
      grid: { 'recipe.steps': [5], 'model.text.layers': [1], 'model.vision.layers': [1] },
      base: whole,
    });
    assert.deepEqual(two.columns, ['steps', 'model.text.layers', 'model.vision.layers']);
  });

  const whole = {
    ...base,
    model: {
      embedDim: 8,
      vision: { imageSize: 8, patchSize: 4, width: 8, layers: 2, heads: 2 },
      text: { contextLength: 8, vocabSize: 600, width: 8, layers: 2, heads: 2 },
    },
  };

  for (const [what, more, message] of [
    [
      'a mistyped setting',
      { grid: { 'recipe.learningrate': [1] } },
      /run "rates-.+": recipe\.learningrate: .*did you mean "learningRate"\?/,
    ],
    [
      'a value that cannot be',
      { grid: { 'recipe.steps': [5, 0] } },
      /run "rates-steps=0-.+": recipe\.steps: expected a whole number/,
    ],
    [
      'a setting inside a name',
      { grid: { 'model.embedDim': [8] } },
      /model\.embedDim: expected settings at "model" of the base, got "quick"; vary "model" as a whole/,
    ],
    [
      'no values',
      { grid: { 'recipe.steps': [] } },
      /grid\["recipe\.steps"\]: expected one value or more, got none/,
    ],
    [
      'one value without a list',
      { grid: { 'recipe.steps': 5 } },
      /grid\["recipe\.steps"\]: expected a list, got 5/,
    ],
    [
      'seeds in the grid',
      { grid: { 'recipe.seed': [1, 2] } },
      /grid\["recipe\.seed"\]: seeds stand in "seeds"/,
    ],
    ['a run twice', { grid: { 'recipe.steps': [5, 5] } }, /expected each run once, got it twice/],
    [
      'labels for some',
      { list: [{ label: 'a' }, { 'recipe.steps': 5 }] },
      /list\[1\]\.label: expected a text, got nothing/,
    ],
    [
      'a name that no folder can have',
      { name: '../up' },
      /name: "\.\.\/up" cannot name an experiment or a run/,
    ],
    ['no base', { base: 5 }, /base: expected the settings of "clipbook train"/],
    ['another key', { grids: {} }, /grids: there is no such setting; did you mean "grid"\?/],
  ] as const) {
    it(`says in one sentence what is wrong: ${what}`, () => {
      assert.throws(() => of(more), message);
    });
  }
});

describe('readSweepFile', () => {
  const folder = temporaryFolder();

  it('finds a base in another file, from where the sweep lies', () => {
    mkdirSync(join(folder, 'inner'));
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ name: 'run', ...base }));
    const path = join(folder, 'inner', 'sweep.json');
    writeFileSync(path, JSON.stringify({ name: 's', base: '../run.json', seeds: [3] }));
    const { runs, base: read } = readSweepFile(path);
    assert.deepEqual([runs[0].name, runs[0].config.recipe.steps, read], ['s-seed=3', 40, base]);
    writeFileSync(path, JSON.stringify({ name: 's', base: 'none.json' }));
    assert.throws(() => readSweepFile(path), /Expected a JSON file at ".*inner\/none\.json"/);
    writeFileSync(path, '{');
    assert.throws(() => readSweepFile(path), /Expected JSON in ".*sweep\.json"/);
  });
});

describe('sweepTable', () => {
  const sweep = of({ grid: { 'recipe.clipNorm': [1, 2] }, seeds: [0, 1, 2] });
  const score = (value: number): Record<string, Score> => ({
    'pets top-1': { value, better: 'higher', digits: 1 },
  });
  const finished = (run: SweepRun, loss: number, value: number): RunWithState => ({
    ...run,
    state: 'finished',
    result: { loss, scores: score(value), pairs: 320, seconds: 30, folder: 'f', evaluate: null },
  });

  it('has means with Student’s interval over the seeds that are finished', () => {
    const [a, b, c, d, e, f] = sweep.runs;
    const table = sweepTable(sweep, [
      ...[finished(a, 1, 10), finished(b, 2, 20), finished(c, 3, 30), finished(d, 1.5, 50)],
      { ...e, state: 'running', reason: 'by another' },
      { ...f, state: 'failed', reason: 'no number' },
    ]);
    const [section] = table.sections;
    assert.match(section.source, /^4 of 6 runs are finished; 2\.0 minutes of training$/);
    const texts = section.rows.map((row) => [
      row.label,
      ...table.columns.map((column) => formatCell(row.cells[column.id], column)),
    ]);
    // Three values one apart: 1/√3 · 4.303.
    assert.deepEqual(texts, [
      ['1', '3', '2.000 ± 2.484', '20.0 ± 24.8'],
      ['2', '1 of 3', '1.500', '50.0'],
    ]);
    assert.deepEqual(
      section.rows.map((row) => table.columns.map((column) => isBest(row, column, section))),
      [
        [false, false, false],
        [false, true, true],
      ],
    );
    assert.match(table.footnotes.at(-1)!, /^Failed: rates-clipNorm=2-seed=2: no number$/);
  });

  it('calls no loss the best where they are of different objectives or batches', () => {
    for (const grid of [{ objective: ['clip', 'slip'] }, { 'recipe.batchSize': [4, 8] }]) {
      const other = of({ grid });
      const runs = other.runs.map((run, i) => finished(run, i, i));
      const { columns } = sweepTable(other, runs);
      assert.equal(columns.find(({ id }) => id === 'loss')?.better, undefined);
    }
  });
});
