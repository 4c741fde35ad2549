import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startEngine } from '../../src/engine';
import { type Experiment, type ReportInput, runExperiment } from '../../src/experiments';
import type { ObservedRun, Observer } from '../../src/experiments/experiment';
import { readObservations, startObserving } from '../../src/experiments/observations';
import { temporaryFolder } from '../data/fixtures';
import { recordingProgress, TINY_EXPERIMENT } from './tinyExperiment';

describe('observations', () => {
  const folder = temporaryFolder();
  let seen = 0;
  const observer: Observer = { moments: (steps) => [2, steps], observe: () => ({ seen: ++seen }) };
  const observe = (steps: readonly number[]) => {
    const look = startObserving(observer, { folder, steps: 5, run: {} as ObservedRun });
    for (const step of steps) look(step);
  };

  it('are made at the observer’s moments, none besides', () => {
    assert.deepEqual(readObservations(folder), []);
    observe([1, 2, 3, 4, 5]);
    assert.deepEqual(readObservations(folder), [
      { step: 2, seen: 1 },
      { step: 5, seen: 2 },
    ]);
  });

  it('are made again where a resumed run repeats its steps', () => {
    observe([2]);
    assert.deepEqual(readObservations(folder), [{ step: 2, seen: 3 }]);
    observe([3, 4, 5]);
    assert.deepEqual(
      readObservations(folder).map(({ step }) => step),
      [2, 5],
    );
  });
});

describe('an experiment with an observer', () => {
  const root = temporaryFolder();
  let reported: readonly unknown[] = [];
  const experiment: Experiment = {
    ...TINY_EXPERIMENT,
    arms: TINY_EXPERIMENT.arms.map((arm) =>
      arm.id === 'alip'
        ? {
            ...arm,
            observer: {
              moments: () => [1, 2],
              observe: ({ objective, data, seed }) => ({
                history: objective.getState?.(),
                pictures: data.train.length,
                seed,
              }),
            },
          }
        : arm,
    ),
    report: (input: ReportInput) => {
      reported = input.runs.flatMap((run) => input.observationsOf(run));
      return TINY_EXPERIMENT.report(input);
    },
  };

  before(() => startEngine());

  it('hands what was seen to its report, also when the run is reused', async () => {
    const run = () =>
      runExperiment(experiment, { profileName: 'quick', progress: recordingProgress(), root });
    await run();
    const [first, second] = reported as {
      step: number;
      history: { textCaption: number };
      pictures: number;
    }[];
    assert.deepEqual([first.step, second.step, first.pictures], [1, 2, 10]);
    assert.ok(second.history.textCaption < first.history.textCaption, 'the history moves from 1 downwards');
    const before = reported;
    await run();
    assert.deepEqual(reported, before);
  });

  it('leaves the training as it is', async () => {
    const metricsOf = (folder: string) =>
      readFileSync(join(folder, 'tiny/quick/runs/alip-seed-0/metrics.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).loss);
    const plain = join(root, 'plain');
    await runExperiment(TINY_EXPERIMENT, {
      profileName: 'quick',
      progress: recordingProgress(),
      root: plain,
    });
    assert.deepEqual(metricsOf(root), metricsOf(plain));
    rmSync(plain, { recursive: true });
  });

  it('ends with a line that says what is wrong when the file is damaged', () => {
    const run = join(root, 'tiny/quick/runs/alip-seed-0');
    appendFileSync(join(run, 'observations.jsonl'), '{"step": 3, ');
    assert.throws(() => readObservations(run), /observations\.jsonl.*line 3/);
  });
});
