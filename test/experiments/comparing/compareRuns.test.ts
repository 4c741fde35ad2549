import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgram } from '../../../src/cli/main';
import {
  compareExperiments,
  compareRuns,
  configDifferences,
  type RunsComparison,
  readStored,
  type StoredArm,
  type StoredExperiment,
} from '../../../src/experiments/comparing';
import { written } from '../../cli/written';
import { temporaryFolder } from '../../data/fixtures';
import { madeUpScores } from '../tinyExperiment';

describe('comparing runs', () => {
  const root = temporaryFolder();
  const [a, b] = [join(root, 'a/mini'), join(root, 'b/mini')];
  const arm = (path: string) => readStored(path) as StoredArm;
  const compare = (...args: string[]) =>
    written('stdout', () => createProgram().parseAsync(['node', 'clipbook', 'compare', ...args]));

  before(() => {
    for (const [folder, shift] of [
      [a, 0],
      [b, 0.1],
    ] as const) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'config.json'), JSON.stringify({ experiment: 'x' }));
      // Differences of 0.1, 0.12 and 0.14 over the seeds.
      for (const seed of [0, 1, 2]) leaveRun(folder, 'clip', seed, 0.2 + shift + (shift ? 0.02 * seed : 0));
    }
    leaveRun(b, 'alip', 0, 0.5);
  });

  function leaveRun(folder: string, name: string, seed: number, share: number): void {
    const path = join(folder, 'runs', `${name}-seed-${seed}`);
    mkdirSync(path, { recursive: true });
    const learningRate = folder === a ? 1e-3 : 2e-3;
    const write = (file: string, text: string) => writeFileSync(join(path, file), text);
    write('config.json', JSON.stringify({ arm: name, recipe: { learningRate, seed } }));
    const lines = [1, 5, 10].map((step) => ({ step, loss: share + 1 / step }));
    write('metrics.jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const task = {
      id: 'pets',
      column: null,
      group: 'general',
      title: '',
      templates: [],
      classes: [],
      seen: [],
    };
    const scores = { first: madeUpScores([task as never], share) };
    write('summary.json', JSON.stringify({ arm: name, seed, scores }));
  }

  it('takes a path without its seed for all seeds of an arm', () => {
    assert.deepEqual(
      arm(join(a, 'runs/clip')).runs.map(({ seed }) => seed),
      [0, 1, 2],
    );
    assert.equal(arm(join(b, 'runs/alip-seed-0')).runs.length, 1);
    assert.equal(readStored(a)?.kind, 'experiment');
    assert.equal(readStored(join(a, 'runs/cli')), undefined);
    assert.equal(readStored(root), undefined);
  });

  it('pairs several seeds: differences 0.10, 0.12 and 0.14 are 0.12 ± 4.303 · 0.02 / √3', () => {
    const { scores, seeds, settings } = compareRuns(
      'clip',
      arm(join(a, 'runs/clip')).runs,
      arm(join(b, 'runs/clip')).runs,
    );
    assert.deepEqual(seeds, [0, 1, 2]);
    assert.deepEqual(settings, [{ name: 'recipe.learningRate', first: 1e-3, second: 2e-3 }]);
    const [top1] = scores;
    assert.equal(top1.name, 'pets, top-1');
    assert.ok(Math.abs(top1.difference - 0.12) < 1e-12);
    assert.ok(Math.abs(top1.interval!.high - (0.12 + (4.302653 * 0.02) / Math.sqrt(3))) < 1e-6);
    assert.deepEqual([top1.basis, scores.length], ['seeds', 7]);
    assert.equal(scores.at(-1)!.name, 'fluent, text to image R@10');
  });

  it('gives one run each the interval of the test set: √(0.2 · 0.8 / 100 + 0.3 · 0.7 / 100)', () => {
    const [top1] = compareRuns(
      'x',
      arm(join(a, 'runs/clip-seed-0')).runs,
      arm(join(b, 'runs/clip-seed-0')).runs,
    ).scores;
    assert.equal(top1.basis, 'examples');
    assert.ok(Math.abs(top1.interval!.high - (0.1 + 1.96 * Math.sqrt(0.0037))) < 1e-9);
  });

  it('lays the means of what was logged over each other', () => {
    const { curves, metrics } = compareRuns(
      'x',
      arm(join(a, 'runs/clip')).runs,
      arm(join(b, 'runs/clip')).runs,
    );
    assert.deepEqual(
      curves.map(({ name }) => name),
      ['loss'],
    );
    assert.deepEqual(curves[0].second.steps, [1, 5, 10]);
    assert.ok(Math.abs(curves[0].second.values[0] - 1.32) < 1e-12);
    assert.ok(Math.abs(metrics[0].difference - 0.12) < 1e-12);
  });

  it('compares experiments by the arms that both have', () => {
    const [first, second] = [a, b].map((path) => readStored(path) as StoredExperiment);
    assert.deepEqual(
      compareExperiments(first, second).map(({ title }) => title),
      ['clip'],
    );
    first.arms.delete('clip');
    assert.throws(() => compareExperiments(first, second), /got none and alip, clip; compare two arms/);
  });

  it('tells places of settings that differ, also those of one side', () => {
    assert.deepEqual(configDifferences({ a: { b: 1, c: [1] } }, { a: { b: 2, c: [1] }, d: null }), [
      { name: 'a.b', first: 1, second: 2 },
      { name: 'd', first: undefined, second: null },
    ]);
  });

  it('is printed, is JSON, and is a page with curves, by clipbook compare', async () => {
    const page = join(root, 'page/compared.html');
    const text = await compare(join(a, 'runs/clip'), join(b, 'runs/clip'), '--html', page);
    assert.match(text, /recipe\.learningRate +│ 0\.001 +│ 0\.002/);
    assert.match(text, /pets, top-1 +│ 20\.0 │ 32\.0 │ \+12\.0 \(\+7\.0 to \+17\.0\)/);
    const html = readFileSync(page, 'utf8');
    for (const part of [
      '<h2>clip and clip</h2>',
      'data-figure=',
      'Settings that differ',
      'recipe.learningRate',
    ]) {
      assert.ok(html.includes(part), part);
    }
    assert.ok(!/(?:src|href)="https?:/.test(html));
    const [{ scores }]: RunsComparison[] = JSON.parse(await compare(a, b, '--json'));
    assert.equal(scores.length, 7);
  });

  it('refuses things of two kinds', async () => {
    await assert.rejects(compare(a, join(b, 'runs/clip')), /Expected two evaluations, two runs or two/);
    await assert.rejects(compare(a, root), /are not of the same kind/);
    await assert.rejects(compare(a, join(root, 'none')), /experiment at ".*none", but there is nothing/);
  });
});
