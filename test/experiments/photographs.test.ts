import assert from 'node:assert/strict';
import type { TaskDefinition } from '../../src/data';
import { findExperiment } from '../../src/experiments';
import { tinyPictures } from '../tiny';
import { madeUpRun } from './tinyExperiment';

const TASKS = ['flower-photos', 'groceries'].map(
  (id): TaskDefinition => ({
    id,
    column: null,
    group: 'general',
    title: id,
    templates: ['a {}'],
    classes: ['one', 'two'],
    seen: [true, true],
  }),
);

describe('the experiment on photographs', () => {
  const experiment = findExperiment('photographs');
  const { mini: profile } = experiment.profiles;
  const score = (top1: number) => ({
    top1,
    top5: 1,
    meanPerClass: top1,
    top1Seen: top1,
    top1Unseen: 0,
    count: 40,
  });
  const runs = experiment.arms.flatMap((arm, place) =>
    profile.seeds.map((seed) => {
      const share = 0.3 + 0.1 * place + 0.01 * seed;
      const probe = { top1: share + 0.2, meanPerClass: share, count: 40, strength: 1 };
      return madeUpRun(arm, seed, {
        tasks: Object.fromEntries(TASKS.map(({ id }) => [id, score(share)])),
        probes: Object.fromEntries(TASKS.map(({ id }) => [id, probe])),
        retrieval: {},
      });
    }),
  );
  const data = { tasks: TASKS, train: tinyPictures(), test: tinyPictures(), searches: [] };
  const { tables, verdicts } = experiment.report({
    profileName: 'mini',
    profile,
    data,
    runs,
    observationsOf: () => [],
  });

  it('runs only on request: its data do not come with the project', () => {
    assert.equal(experiment.onRequest, true);
  });

  it('shows zero-shot beside the linear probe for every task, under every order', () => {
    const [{ columns, sections }] = tables;
    assert.deepEqual(
      columns.map(({ id }) => id),
      TASKS.flatMap(({ id }) => [`${id} zero-shot`, `${id} linear probe`]),
    );
    const dalip = sections[0].rows.find(({ label }) => label === 'DALIP, both orders')!;
    assert.ok(Math.abs(dalip.cells['groceries zero-shot'].value! - 61) < 1e-9);
    assert.ok(Math.abs(dalip.cells['groceries linear probe'].value! - 81) < 1e-9);
  });

  it('judges DALIP against CLIP by both protocols', () => {
    assert.equal(verdicts.length, 6);
    for (const sentence of verdicts)
      assert.match(sentence, /^Supported at this scale: DALIP is better on photographs/);
  });
});
