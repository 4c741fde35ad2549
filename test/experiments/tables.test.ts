import assert from 'node:assert/strict';
import { loadTasks, type TaskDefinition } from '../../src/data';
import { startEngine } from '../../src/engine';
import type { Measurement } from '../../src/evaluation';
import {
  armsOf,
  EXPERIMENTS,
  type Experiment,
  type ExperimentReport,
  findExperiment,
  PREDICTIONS,
  type ProfileName,
} from '../../src/experiments';
import { type ClipConfig, createClip } from '../../src/models';
import { countParameters, disposeParameters } from '../../src/nn';
import { loadPublished, type PublishedName, type Table } from '../../src/report';
import { tinyPictures } from '../tiny';
import { madeUpRun } from './tinyExperiment';

/** The tasks of both sets: an experiment's report takes from them what its tables show. */
const TASKS: TaskDefinition[] = [...loadTasks('pictograms'), ...loadTasks('herbarium')];

/** The experiments that rebuild a published table. */
const REBUILT = ['dalip-table', 'alip-table'];

/** Tested in files of their own, since their reports need more than scores. */
const TESTED_APART = ['photographs', 'alip-gates', 'alip-systems'];

/** Which published table each table rebuilds. */
const PUBLISHED: Record<string, PublishedName> = {
  dalip: 'dalip-table',
  'alip-retrieval': 'alip-retrieval',
  'alip-zero-shot': 'alip-zero-shot',
};

/** A made-up measurement: `share` everywhere. */
function measurement(tasks: readonly TaskDefinition[], share: number): Measurement {
  const recall = { 1: share, 5: share, 10: share };
  const score = { top1: share, top5: share, meanPerClass: share, top1Seen: share, top1Unseen: 0, count: 100 };
  return {
    tasks: Object.fromEntries(tasks.map(({ id }) => [id, score])),
    retrieval: { fluent: { imageToText: recall, textToImage: recall, pictures: 50, texts: 40 } },
  };
}

/** The report on made-up runs, where each arm is better than the one before it in every seed. */
function reportOf(experiment: Experiment, profileName: ProfileName): ExperimentReport {
  const profile = experiment.profiles[profileName];
  const tasks = TASKS.filter(({ group }) => group === 'general' || experiment.id !== 'alip-table');
  const runs = armsOf(experiment, profile).flatMap((arm, place) =>
    profile.seeds.map((seed) => madeUpRun(arm, seed, measurement(tasks, 0.1 + 0.02 * place + 0.01 * seed))),
  );
  return experiment.report({
    profileName,
    profile,
    data: { tasks, train: tinyPictures(), test: tinyPictures(), searches: [] },
    runs,
    observationsOf: () => [],
  });
}

const measured = (table: Table) => table.sections.filter(({ origin }) => origin === 'measured');

describe('the experiments', () => {
  it('have ids of their own, arms included, and are found by them', () => {
    const ids = EXPERIMENTS.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const experiment of EXPERIMENTS) {
      assert.equal(findExperiment(experiment.id), experiment);
      const arms = experiment.arms.map(({ id }) => id);
      assert.equal(new Set(arms).size, arms.length);
    }
    assert.throws(
      () => findExperiment('dalip'),
      /^Error: There is no experiment "dalip"; there are dalip-table, alip-table, .* and \S+\.$/,
    );
  });

  for (const experiment of EXPERIMENTS.filter(({ id }) => !TESTED_APART.includes(id))) {
    it(`${experiment.id}: quick is one seed and fewer steps than mini, which has three`, () => {
      const { quick, mini } = experiment.profiles;
      assert.deepEqual([quick.seeds.length, mini.seeds.length], [1, 3]);
      assert.ok(quick.recipe.steps < mini.recipe.steps);
    });

    it(`${experiment.id}: shows every arm in a table`, () => {
      const { tables } = reportOf(experiment, 'mini');
      const labels = tables.flatMap((table) =>
        measured(table).flatMap(({ rows }) => rows.map(({ label }) => label)),
      );
      for (const { label } of experiment.arms)
        assert.ok(
          labels.some((shown) => shown.startsWith(label)),
          label,
        );
    });

    it(`${experiment.id}: decides nothing with one seed`, () => {
      const [only, ...others] = reportOf(experiment, 'quick').verdicts;
      assert.match(only, /^One seed decides nothing/);
      assert.deepEqual(others, []);
    });
  }

  for (const experiment of REBUILT.map(findExperiment)) {
    it(`${experiment.id}: has the published tables’ columns, and every arm in every table`, () => {
      const rebuilt = reportOf(experiment, 'mini').tables.filter(({ id }) => id in PUBLISHED);
      assert.ok(rebuilt.length > 0);
      for (const table of rebuilt) {
        const [{ values }] = loadPublished(PUBLISHED[table.id]);
        assert.deepEqual(
          table.columns.map(({ id }) => id),
          Object.keys(values),
        );
        const [section] = measured(table);
        for (const { label } of experiment.arms) {
          assert.ok(
            section.rows.some((row) => row.label.startsWith(label)),
            `${label} in ${table.id}`,
          );
        }
        assert.ok(table.sections.some(({ origin }) => origin === 'published'));
      }
    });

    it(`${experiment.id}: judges its claims over seeds`, () => {
      const { verdicts } = reportOf(experiment, 'mini');
      assert.ok(verdicts.length > 1);
      for (const sentence of verdicts) assert.match(sentence, /^Supported at this scale: .* 3 seeds/);
    });
  }

  it('fill every column that has a mini counterpart, under its own name', () => {
    const empty = (table: Table) => {
      const [section] = measured(table);
      return table.columns.map(({ id }) => id).filter((id) => section.rows[0].cells[id]?.value == null);
    };
    const [dalip] = reportOf(findExperiment('dalip-table'), 'mini').tables;
    const [retrieval, zeroShot] = reportOf(findExperiment('alip-table'), 'mini').tables;
    assert.deepEqual([empty(dalip), empty(retrieval)], [[], []]);
    assert.deepEqual(empty(zeroShot), ['DTD', 'Aircraft']);
    for (const table of [dalip, zeroShot]) {
      const { headings = {} } = measured(table)[0];
      assert.ok(Object.values(headings).every((heading) => heading.endsWith(' mini')));
    }
  });

  it('show how sure the published differences are, and discuss the column where DALIP loses', () => {
    const { tables, figures, notes } = reportOf(findExperiment('dalip-table'), 'mini');
    assert.equal(tables[1].id, 'dalip-differences');
    assert.deepEqual(measured(tables[1]), []);
    assert.ok(figures.some(({ id }) => id === 'dalip-differences'));
    assert.ok(notes.some((note) => note.startsWith('Med. Leaf: DALIP is published below OpenCLIP')));
  });

  it('show DALIP under each order of statistics', () => {
    const [table] = reportOf(findExperiment('dalip-table'), 'mini').tables;
    const labels = measured(table)[0].rows.map(({ label }) => label);
    assert.deepEqual(labels, [
      'CLIP',
      'DALIP, first order',
      'DALIP, second order',
      'DALIP, both orders',
      'guessing',
    ]);
  });
});

describe('the ablation of statistics', () => {
  before(() => startEngine());

  it('judges every claim that was written down before the runs', () => {
    const { verdicts } = reportOf(findExperiment('dalip-statistics'), 'mini');
    assert.equal(verdicts.length, PREDICTIONS.length);
    PREDICTIONS.forEach(({ claim }, i) => {
      assert.ok(verdicts[i].includes(claim));
    });
  });

  it('gives the control as many parameters as the heads it stands for, to within one in a hundred', () => {
    const { arms, profiles } = findExperiment('dalip-statistics');
    const [control, dalip] = ['control', 'dalip'].map((id) =>
      countOf({ ...profiles.mini.model, ...arms.find((arm) => arm.id === id)!.model }),
    );
    const heads = dalip - countOf(profiles.mini.model);
    assert.ok(Math.abs(control - dalip) < 0.01 * heads, `${control} and ${dalip}`);
  });
});

function countOf(config: ClipConfig): number {
  const model = createClip(config, 0);
  const count = countParameters(model.parameters);
  disposeParameters(model.parameters);
  return count;
}

describe('the mixing study', () => {
  it('predicts the share it was not shown, for both means', () => {
    const { verdicts, figures } = reportOf(findExperiment('dalip-mixing'), 'mini');
    assert.equal(verdicts.length, 2);
    assert.match(
      verdicts[0],
      /^At 23 % general pictures, .* plant mean .* measured \d+\.\d %, so it was off by/,
    );
    assert.equal(figures[0].id, 'mixing');
  });
});

describe('ALIP’s arms', () => {
  const { arms } = findExperiment('alip-table');
  const set = tinyPictures(60);
  const train = { ...set, metas: set.texts.map(([text]) => ({ label: text })) };
  const data = { train, test: set, tasks: [], searches: [] };
  const textsOf = (seed: number) =>
    arms.map((arm) => {
      const { textOf, captionOf } = arm.texts!(data, seed);
      const random = undefined as never; // the choice is fixed: nothing is drawn
      return set.keys.map((_, index) => [textOf!(index, random), captionOf!(index, random)]);
    });

  it('read the same noisy texts under one seed, others under another', () => {
    const [first, ...others] = textsOf(0);
    for (const texts of others) assert.deepEqual(texts, first);
    assert.notDeepEqual(textsOf(1)[0], first);
  });

  it('spoil thirty in a hundred raw texts and no caption', () => {
    const [texts] = textsOf(0);
    const spoiled = texts.filter(([text], index) => text !== set.texts[index][0]);
    assert.equal(spoiled.length, 18);
    assert.deepEqual(
      texts.map(([, caption]) => caption),
      set.texts.map(([, caption]) => caption),
    );
  });
});
