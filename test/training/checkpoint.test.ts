import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { createRandom, startEngine } from '../../src/engine';
import { readSafetensors } from '../../src/files/safetensors';
import { restoreVariables } from '../../src/nn';
import { createAdamW } from '../../src/training/adamw';
import {
  bestCheckpoint,
  listCheckpoints,
  loadCheckpoint,
  loadLatestCheckpoint,
  type Retention,
  saveCheckpoint,
} from '../../src/training/checkpoint';

/** A small run: a linear layer that learns from gradients drawn at random. */
function startRun() {
  const random = createRandom(1);
  const parameters = new Map([
    ['linear.weight', tf.tidy(() => tf.variable(tf.ones([3, 2])))],
    ['linear.bias', tf.tidy(() => tf.variable(tf.zeros([2])))],
  ]);
  const optimizer = createAdamW(parameters);
  function train(steps: number): void {
    for (let step = 0; step < steps; step++) {
      const gradients = new Map(
        [...parameters].map(([name, { shape, size }]) => {
          const values = Float32Array.from({ length: size }, () => random.normal());
          return [name, tf.tensor(values, shape)] as const;
        }),
      );
      optimizer.step(gradients, 0.01);
      tf.dispose([...gradients.values()]);
    }
  }
  function content(score?: number) {
    return {
      step: optimizer.stepCount,
      optimizerSteps: optimizer.stepCount,
      parameters,
      optimizerState: optimizer.state(),
      randomStates: { data: random.getState() },
      score,
      extra: { epoch: 3 },
    };
  }
  const values = () => [...parameters.values()].map((variable) => [...variable.dataSync()]);
  return { random, parameters, optimizer, train, content, values };
}

describe('checkpoints', () => {
  let folder: string;
  before(async () => {
    await startEngine();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clipbook-'));
    tf.engine().startScope();
  });
  afterEach(() => {
    tf.engine().endScope();
    rmSync(folder, { recursive: true });
  });

  /** Trains one run and saves it at each of these steps. */
  async function saveAt(
    steps: number[],
    scores: (number | undefined)[] = [],
    retention: Retention = { last: 9 },
  ): Promise<void> {
    const run = startRun();
    for (const [index, step] of steps.entries()) {
      run.train(step - run.optimizer.stepCount);
      await saveCheckpoint(folder, run.content(scores[index]), retention);
    }
  }

  const stepsLeft = () => listCheckpoints(folder).map((path) => Number(basename(path).slice(5, -5)));

  it('continue exactly: stopped, saved, loaded and trained on equals uninterrupted', async () => {
    const uninterrupted = startRun();
    uninterrupted.train(7);

    await saveAt([4]);
    const resumed = startRun();
    const saved = loadLatestCheckpoint(folder)!;
    restoreVariables(resumed.parameters, saved.parameters);
    resumed.optimizer.loadState(saved.optimizerState, saved.optimizerSteps);
    resumed.random.setState(saved.randomStates.data);
    resumed.train(3);

    assert.equal(resumed.optimizer.stepCount, 7);
    assert.deepEqual(resumed.values(), uninterrupted.values());
    assert.deepEqual(saved.extra, { epoch: 3 });
  });

  it('hold the parameters alone, under their own names, in one file', async () => {
    await saveAt([1]);
    assert.deepEqual(readdirSync(folder), [
      'step-000001.json',
      'step-000001.optimizer.safetensors',
      'step-000001.safetensors',
    ]);
    const names = [...readSafetensors(join(folder, 'step-000001.safetensors')).keys()];
    assert.deepEqual(names, ['linear.bias', 'linear.weight']);
  });

  it('leave no tensors behind', async () => {
    const run = startRun();
    const before = tf.memory().numTensors;
    await saveCheckpoint(folder, run.content());
    restoreVariables(run.parameters, loadLatestCheckpoint(folder)!.parameters);
    assert.equal(tf.memory().numTensors, before);
  });

  it('are kept: the newest ones and the best', async () => {
    await saveAt([1, 2, 3, 4, 5], [0.1, 0.9, 0.2, 0.3, 0.4], { last: 2 });
    assert.deepEqual(stepsLeft(), [2, 4, 5]);
    assert.equal(readdirSync(folder).length, 9);
    assert.equal(basename(bestCheckpoint(folder)!), 'step-000002.json');
  });

  it('are kept: the newest one and every third step', async () => {
    await saveAt([1, 2, 3, 4, 5, 6, 7, 8], [], { last: 1, every: 3 });
    assert.deepEqual(stepsLeft(), [3, 6, 8]);
    assert.equal(readdirSync(folder).length, 9);
  });

  it('sort by number, past a million steps too', () => {
    for (const step of ['999999', '1000000', '000002'])
      writeFileSync(join(folder, `step-${step}.json`), '{}');
    assert.deepEqual(stepsLeft(), [2, 999999, 1000000]);
    assert.equal(bestCheckpoint(folder), null);
  });

  it('clear what an interrupted save left', async () => {
    for (const name of ['step-000001.safetensors', 'step-000002.json.77.tmp', 'notes.txt']) {
      writeFileSync(join(folder, name), '');
    }
    await saveAt([2]);
    assert.deepEqual(
      readdirSync(folder).filter((name) => !name.startsWith('step-000002.')),
      ['notes.txt'],
    );
    assert.equal(readdirSync(folder).length, 4);
  });

  const damages: [string, (path: string) => void, RegExp][] = [
    [
      'cut-off JSON',
      (path) => truncateSync(`${path}.json`, 40),
      /"[^"]*step-000002.json" is damaged: .*JSON/,
    ],
    ['JSON of another kind', (path) => writeFileSync(`${path}.json`, 'null'), /lacks the step or the two/],
    [
      'cut-off tensors',
      (path) => truncateSync(`${path}.safetensors`, 150),
      /"step-000002.safetensors" is not what/,
    ],
    [
      'a missing file',
      (path) => rmSync(`${path}.optimizer.safetensors`),
      /optimizer.safetensors" is missing/,
    ],
    [
      'one flipped bit',
      (path) => flipLastBit(`${path}.safetensors`),
      /"step-000002.safetensors" is not what/,
    ],
  ];
  for (const [name, damage, message] of damages) {
    it(`fall back to the one before, with a warning, for ${name}`, async () => {
      await saveAt([1, 2]);
      damage(join(folder, 'step-000002'));
      const warnings: string[] = [];
      const checkpoint = loadLatestCheckpoint(folder, (warning) => warnings.push(warning));
      assert.equal(checkpoint?.step, 1);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0], message);
      assert.throws(() => loadCheckpoint(join(folder, 'step-000002.json')), message);
    });
  }

  it('stop the run when all are damaged, and are null when there are none', async () => {
    assert.equal(loadLatestCheckpoint(folder), null);
    assert.equal(loadLatestCheckpoint(join(folder, 'absent')), null);
    await saveAt([1]);
    flipLastBit(join(folder, 'step-000001.safetensors'));
    assert.throws(
      () => loadLatestCheckpoint(folder, () => {}),
      /All 1 checkpoints in ".*" are damaged; delete/,
    );
  });
});

function flipLastBit(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] ^= 1;
  writeFileSync(path, bytes);
}
