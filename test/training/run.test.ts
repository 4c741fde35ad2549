import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { type ClipConfig, createClip } from '../../src/models';
import {
  alipObjective,
  bestCheckpoint,
  clipObjective,
  dalipObjective,
  listCheckpoints,
  loadLatestCheckpoint,
  NotANumberError,
  type Objective,
  openRunFolder,
  type RunFolder,
  startTraining,
  type Training,
  type TrainingData,
  trainRun,
} from '../../src/training';
import { disposeTraining, TINY, TINY_RECIPE, TINY_SECOND_ORDER, tinyData } from '../tiny';

const data = tinyData();

/** The data, until step `last` where reading fails: a run that dies there. */
function failingAt(last: number): TrainingData {
  return {
    batch: (step) => (step === last ? Promise.reject(new Error('the disk is gone')) : data.batch(step)),
  };
}

describe('trainRun', () => {
  let root: string;
  const runs: Training[] = [];

  before(async () => {
    await startEngine();
  });
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'clipbook-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
    runs.splice(0).forEach(disposeTraining);
  });

  const folder = (name: string): RunFolder => openRunFolder({ experiment: 'test', name, config: {}, root });

  function start(objective: Objective, config: ClipConfig = TINY, seed = 0): Training {
    const training = startTraining(createClip(config, seed), objective, TINY_RECIPE);
    runs.push(training);
    return training;
  }

  /** The losses by step, as the run's metrics file has them. */
  function logged({ metrics }: RunFolder): [number, number][] {
    const lines = readFileSync(metrics, 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line)).map(({ step, loss }) => [step, loss]);
  }

  for (const [name, objective, config] of [
    ['CLIP', clipObjective, TINY],
    ['DALIP, with dropout and running statistics', dalipObjective, TINY_SECOND_ORDER],
    ['ALIP, with its history', alipObjective, TINY],
    ['ALIP from the first batch', () => alipObjective({ historyStart: 'firstBatch' }), TINY],
  ] as [string, () => Objective, ClipConfig][]) {
    it(`resumes as if never interrupted: ${name}`, async () => {
      const options = { checkpointEvery: 2, logEvery: 1 };
      const whole = start(objective(), config);
      await trainRun(whole, data, { ...options, folder: folder('whole') });

      const interrupted = { ...options, folder: folder('interrupted') };
      await assert.rejects(trainRun(start(objective(), config), failingAt(5), interrupted), /disk is gone/);
      const resumed = start(objective(), config, 99);
      const steps: number[] = [];
      await trainRun(resumed, data, { ...interrupted, onStep: ({ step }) => steps.push(step) });

      assert.deepEqual(steps, [5, 6]);
      assert.deepEqual(logged(interrupted.folder), logged(folder('whole')));
      for (const [name, variable] of whole.model.parameters) {
        assert.deepEqual(resumed.model.parameters.get(name)!.dataSync(), variable.dataSync(), name);
      }
      assert.deepEqual(resumed.objective.getState?.(), whole.objective.getState?.());
    });
  }

  it('does nothing more to a run that is complete, and adds up its time', async () => {
    const options = { folder: folder('complete'), checkpointEvery: 3 };
    const seconds = await trainRun(start(clipObjective()), data, options);
    const again = await trainRun(start(clipObjective()), failingAt(0), options);
    const saved = Number(loadLatestCheckpoint(options.folder.checkpoints)!.extra!.seconds);
    assert.ok(saved > 0 && seconds >= saved && again >= saved, `${saved}, ${seconds}, ${again} seconds`);
    assert.deepEqual(logged(options.folder).map(([step]) => step), [1, 5, 6]); // biome-ignore format: one line
  });

  it('keeps the last checkpoint when the loss stops being a number, and saves the keys of the batch', async () => {
    const options = { folder: folder('broken'), checkpointEvery: 2 };
    const broken: TrainingData = {
      batch: async (step) => {
        const batch = await data.batch(step);
        if (step === 3) tf.dispose(batch.images);
        return step === 3 ? { ...batch, images: tf.fill([4, 16, 16, 3], Number.NaN) } : batch;
      },
    };
    const { keys, ...others } = await data.batch(3);
    tf.dispose([others.images]);
    const path = join(options.folder.path, 'not-a-number.json');
    await assert.rejects(trainRun(start(clipObjective()), broken, options), (error: Error) => {
      assert.ok(error instanceof NotANumberError);
      assert.ok(error.message.endsWith(` All keys of the batch are in "${path}".`), error.message);
      return true;
    });
    const { learningRate, ...saved } = JSON.parse(readFileSync(path, 'utf8'));
    assert.ok(learningRate > 0);
    assert.deepEqual(saved, { step: 4, loss: 'NaN', gradientNorm: 'NaN', keys });
    assert.deepEqual(listCheckpoints(options.folder.checkpoints).map((path) => basename(path)), ['step-000002.json']); // biome-ignore format: one line
  });

  it('keeps the checkpoints that it is asked to, the one with the lowest mean loss among them', async () => {
    const options = { folder: folder('kept'), checkpointEvery: 1, logEvery: 1 };
    await trainRun(start(clipObjective()), data, {
      ...options,
      keepCheckpoints: { last: 1, every: 4, best: true },
    });
    const losses = logged(options.folder);
    const [best] = losses.reduce((low, line) => (line[1] <= low[1] ? line : low));
    const kept = listCheckpoints(options.folder.checkpoints).map((path) =>
      Number(basename(path).slice(5, -5)),
    );
    assert.deepEqual(kept, [...new Set([best, 4, 6])].sort());
    assert.equal(basename(bestCheckpoint(options.folder.checkpoints)!), `step-00000${best}.json`);
  });

  it('leaves no tensors behind', async () => {
    const training = start(alipObjective());
    const before = tf.memory().numTensors;
    await trainRun(training, data, { folder: folder('tensors'), checkpointEvery: 2 });
    assert.equal(tf.memory().numTensors, before);
  });
});
