import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { type Experiment, type RunSummary, runExperiment, stagesOf } from '../../src/experiments';
import { temporaryFolder } from '../data/fixtures';
import { recordingProgress, TINY_EXPERIMENT, withRecipe } from './tinyExperiment';

describe('runExperiment', () => {
  const root = temporaryFolder();
  const folder = join(root, 'tiny/mini');
  const run = (name: string, file: string) => join(folder, 'runs', name, file);

  before(() => startEngine());

  it('goes through its stages, in their order, and leaves no tensors behind', async () => {
    const progress = recordingProgress();
    const tensors = tf.memory().numTensors;
    const outcome = await runExperiment(TINY_EXPERIMENT, { profileName: 'mini', progress, root });
    assert.equal(outcome.folder, folder);
    assert.deepEqual(
      progress.stages,
      stagesOf(TINY_EXPERIMENT, 'mini').map(({ name }) => name),
    );
    assert.deepEqual(progress.updates, [1, ...[1, 2, 3, 4].flatMap(() => [1, 2, 1])]);
    assert.equal(tf.memory().numTensors, tensors);
  });

  it('writes each run’s configuration, metrics and summary', () => {
    for (const name of ['clip-seed-0', 'alip-seed-0', 'clip-seed-1', 'alip-seed-1']) {
      const [arm, seed] = name.split('-seed-');
      const config = JSON.parse(readFileSync(run(name, 'config.json'), 'utf8'));
      assert.deepEqual([config.arm, config.recipe.seed, config.recipe.steps], [arm, Number(seed), 2]);
      const metrics = readFileSync(run(name, 'metrics.jsonl'), 'utf8').trim().split('\n');
      const losses = metrics.map((line) => JSON.parse(line).loss);
      const summary: RunSummary = JSON.parse(readFileSync(run(name, 'summary.json'), 'utf8'));
      assert.deepEqual(summary.curve, { steps: [1, 2], values: losses });
      assert.deepEqual([summary.pairs, summary.scores.first!.tasks['things-mini'].count], [8, 6]);
      assert.equal(summary.scores.first!.retrieval.all.pictures, 3);
    }
  });

  it('reuses finished runs: nothing is trained, the results are the same', async () => {
    const progress = recordingProgress();
    const csv = readFileSync(join(folder, 'table-things.csv'), 'utf8');
    await runExperiment(TINY_EXPERIMENT, { profileName: 'mini', progress, root });
    const [loading, ...runs] = stagesOf(TINY_EXPERIMENT, 'mini').map(({ name }) => name);
    assert.deepEqual(progress.stages, [loading, ...runs.map((name) => `${name} (skipped)`)]);
    assert.deepEqual(progress.updates, [1]);
    assert.equal(readFileSync(join(folder, 'table-things.csv'), 'utf8'), csv);
  });

  it('trains again only what is missing', async () => {
    const before = readFileSync(run('alip-seed-1', 'summary.json'), 'utf8');
    rmSync(join(folder, 'runs/alip-seed-1'), { recursive: true });
    const progress = recordingProgress();
    await runExperiment(TINY_EXPERIMENT, { profileName: 'mini', progress, root });
    assert.deepEqual(progress.updates, [1, 1, 2, 1]);
    const [again, first]: RunSummary[] = [
      JSON.parse(readFileSync(run('alip-seed-1', 'summary.json'), 'utf8')),
      JSON.parse(before),
    ];
    assert.deepEqual({ ...again, trainingSeconds: 0 }, { ...first, trainingSeconds: 0 });
  });

  it('refuses a folder with runs of another configuration, in one sentence', async () => {
    await runExperiment(TINY_EXPERIMENT, { profileName: 'quick', progress: recordingProgress(), root });
    const other = withRecipe({ learningRate: 0.5 });
    await assert.rejects(
      runExperiment(other, { profileName: 'quick', progress: recordingProgress(), root }),
      ({ message }: Error) =>
        /^"[^"\n]*config\.json" belongs to a run with another configuration \(recipe\.learningRate: 0\.01 there, 0\.5 here\); [^\n.]*\.$/.test(
          message,
        ),
    );
  });
});

describe('runExperiment, interrupted', () => {
  const root = temporaryFolder();
  /** One arm, and long enough for a checkpoint, of which there is one in 100 steps. */
  const experiment: Experiment = { ...withRecipe({ steps: 104 }), arms: TINY_EXPERIMENT.arms.slice(0, 1) };
  const summary = join(root, 'tiny/quick/runs/clip-seed-0/summary.json');

  before(() => startEngine());

  it('goes on from the last checkpoint', async () => {
    const options = { profileName: 'quick' as const, root };
    const tensors = tf.memory().numTensors;
    const failing = recordingProgress(102);
    await assert.rejects(runExperiment(experiment, { ...options, progress: failing }), /the power is gone/);
    assert.equal(tf.memory().numTensors, tensors);
    assert.equal(existsSync(summary), false);

    const progress = recordingProgress();
    await runExperiment(experiment, { ...options, progress });
    assert.deepEqual(progress.updates, [1, 101, 102, 103, 104, 1]);
    const { curve }: RunSummary = JSON.parse(readFileSync(summary, 'utf8'));
    assert.deepEqual(curve.steps.slice(-3), [95, 100, 104]);
  });
});

describe('stagesOf', () => {
  it('weighs training by its steps', () => {
    assert.deepEqual(stagesOf(withRecipe({ steps: 300 }), 'quick'), [
      { name: 'tiny: read pictures', weight: 10 },
      { name: 'tiny: train CLIP, seed 0', weight: 300 },
      { name: 'tiny: evaluate CLIP, seed 0', weight: 20 },
      { name: 'tiny: train ALIP, seed 0', weight: 300 },
      { name: 'tiny: evaluate ALIP, seed 0', weight: 20 },
    ]);
  });
});
