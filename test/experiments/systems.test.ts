import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { loadTasks, type PictureSet } from '../../src/data';
import { startEngine } from '../../src/engine';
import {
  type AlignmentObservation,
  armsOf,
  findExperiment,
  type HierarchyObservation,
  modelOf,
  type ObservedRun,
  type ReportInput,
  SYSTEM_ARMS,
  SYSTEMS_PREDICTIONS,
  type SystemObservation,
  systemArm,
} from '../../src/experiments';
import { alignmentObserver } from '../../src/experiments/alignmentObserver';
import { hierarchyObserver } from '../../src/experiments/hierarchyObserver';
import { loadSystemCosts, type SystemCosts } from '../../src/experiments/systemsCost';
import { costTable } from '../../src/experiments/systemsTables';
import { type Clip, createClip } from '../../src/models';
import { countParameters, disposeParameters } from '../../src/nn';
import { loadPublished, staticSvg, type Table } from '../../src/report';
import { clipObjective, filipObjective, withGrouping, withTokenMaps } from '../../src/training';
import { TINY, tinyPictures, tinyTokenizer } from '../tiny';
import { madeUpRun, madeUpScores } from './tinyExperiment';

const EXPERIMENT = findExperiment('alip-systems');

describe('the comparison of systems', () => {
  before(() => startEngine());

  it('names arms that exist as controls and in every claim', () => {
    for (const { control } of SYSTEM_ARMS) if (control) assert.ok(systemArm(control));
    for (const { better, than } of SYSTEMS_PREDICTIONS) assert.ok(systemArm(better) && systemArm(than));
    assert.throws(() => systemArm('clop'), /There is no system "clop"; there are clip, slip/);
  });

  it('has every row of ALIP’s published tables', () => {
    const ours = new Set(SYSTEM_ARMS.map(({ published }) => published));
    for (const name of ['alip-retrieval', 'alip-zero-shot'] as const) {
      for (const { method } of loadPublished(name)) assert.ok(ours.has(method), method);
    }
  });

  it('claims something about every system, and against its control', () => {
    for (const { arm, control, published } of SYSTEM_ARMS) {
      if (!published || published === 'CLIP') continue;
      const claims = SYSTEMS_PREDICTIONS.filter(({ better }) => better === arm.id);
      assert.ok(
        claims.some(({ than }) => than === 'clip') && claims.some(({ than }) => than === control),
        arm.id,
      );
    }
  });

  it('gives a control as many passes as its system, or as many parameters', () => {
    const parameters = (id: string) => {
      const { parameters } = createClip(modelOf(systemArm(id).arm, EXPERIMENT.profiles.mini), 0);
      const count = countParameters(parameters);
      disposeParameters(parameters);
      return count;
    };
    for (const { arm, control, passes } of SYSTEM_ARMS) {
      if (control && arm.id !== 'alip') assert.deepEqual(systemArm(control).passes, passes, arm.id);
    }
    assert.ok(Math.abs(parameters('wider') / parameters('hiclip') - 1) < 0.002);
  });
});

describe('its report', () => {
  const tasks = loadTasks('pictograms');
  const profile = EXPERIMENT.profiles.mini;
  const seen: Omit<SystemObservation, 'step'> = {
    neighbours: 0.2,
    spread: 0.9,
    uniformity: -2,
    effectiveRank: 20,
  };

  before(() => startEngine());

  /** SLIP and UniCLIP are better than everybody else. */
  function input(): ReportInput {
    const runs = armsOf(EXPERIMENT, profile).flatMap((arm) =>
      profile.seeds.map((seed) => {
        const share = (['slip', 'uniclip'].includes(arm.id) ? 0.4 : 0.3) + 0.01 * seed;
        return madeUpRun(arm, seed, madeUpScores(tasks, share));
      }),
    );
    return {
      profileName: 'mini',
      profile,
      data: { train: tinyPictures(), test: tinyPictures(), tasks, searches: [] },
      runs,
      observationsOf: () => [{ step: 240, ...seen }],
    };
  }

  const measured = ({ sections }: Table) => sections.find(({ origin }) => origin === 'measured')!;

  it('fills both of ALIP’s tables, shows what systems bring and cost, and judges the claims', () => {
    const { tables, figures, verdicts } = EXPERIMENT.report(input());
    assert.deepEqual(
      tables.map(({ id }) => id),
      ['alip-retrieval', 'alip-zero-shot', 'gains', 'cost'],
    );
    for (const { arm } of SYSTEM_ARMS) {
      for (const table of [tables[0], tables[1], tables[3]])
        assert.ok(
          measured(table).rows.some(({ label }) => label === arm.label),
          `${arm.id} in ${table.id}`,
        );
    }
    const slip = measured(tables[2]).rows.find(({ label }) => label.startsWith('SLIP'))!;
    assert.equal(slip.label, 'SLIP (control: CLIP on three crops)');
    assert.match(slip.cells['control recall'].text!, /^\+10\.0 /);
    assert.ok(Math.abs(slip.cells['clip neighbours'].value!) < 1e-9);
    assert.equal(verdicts.length, SYSTEMS_PREDICTIONS.length);
    const judged = (part: string) => verdicts.find((sentence) => sentence.includes(part))!;
    assert.match(judged('one space for pictures and texts beats'), /^Supported/);
    assert.match(judged('HiCLIP-style attention beats plain CLIP'), /^Open/);
    for (const figure of figures) assert.match(staticSvg(figure), /^<svg/);
  });

  it('decides nothing with one seed', () => {
    const full = input();
    const runs = full.runs.filter(({ seed }) => seed === 0);
    const { verdicts } = EXPERIMENT.report({ ...full, profile: { ...profile, seeds: [0] }, runs });
    assert.equal(verdicts.length, 1);
  });

  it('says which run lacks observations', () => {
    assert.throws(
      () => EXPERIMENT.report({ ...input(), observationsOf: () => [] }),
      /Expected observations of "\w+" with seed 0/,
    );
  });

  it('shows time and memory where they were measured, relative to CLIP, and leaves them out elsewhere', () => {
    const folder = mkdtempSync(join(tmpdir(), 'costs-'));
    const file = join(folder, 'system-cost.json');
    assert.equal(loadSystemCosts(file), null);
    const cost = (ratio: number, memory: number) => ({
      milliseconds: 100 * ratio,
      time: { ratio, low: ratio, high: ratio },
      memory,
    });
    const costs: SystemCosts = {
      machine: '2 cores',
      batch: 128,
      rounds: 3,
      arms: { clip: cost(1, 200), slip: cost(2.5, 500) },
    };
    writeFileSync(file, JSON.stringify(costs));
    const rows = measured(costTable(input(), loadSystemCosts(file))).rows;
    rmSync(folder, { recursive: true });
    const slip = rows.find(({ label }) => label === 'SLIP')!.cells;
    assert.deepEqual([slip.time.value, slip.memory.value], [2.5, 2.5]);
    assert.equal(rows.find(({ label }) => label === 'FILIP')!.cells.time, undefined);
    assert.ok(!costTable(input(), null).columns.some(({ id }) => id === 'time'));
  });
});

describe('the observers of systems', () => {
  before(() => startEngine());
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  /** Enough pictures of the held-out style to stand side by side, each the only one of its class. */
  function set(length = 420): PictureSet {
    const pictures = tinyPictures(length);
    return {
      ...pictures,
      texts: pictures.texts.map(([raw, description]) => [raw, `${description}, ${raw}`]),
      metas: pictures.metas.map((_, i) => ({
        style: 'fluent',
        label: i === 7 ? 'owl' : pictures.texts[i][0],
        tasks: { 'imagenet-mini': i },
      })),
    };
  }

  function runOf(model: Clip, objective: ObservedRun['objective']): ObservedRun {
    const pictures = set();
    const task = { ...loadTasks('pictograms').find(({ id }) => id === 'imagenet-mini')! };
    const classes = pictures.keys.map((key) => key);
    const tasks = [{ ...task, classes, seen: classes.map(() => true) }];
    return {
      model,
      tokenizer: tinyTokenizer(),
      objective,
      data: { train: pictures, test: pictures, tasks, searches: [] },
      seed: 0,
    };
  }

  it('find every picture where the test set is the training set, and look at health', () => {
    const model = createClip(TINY, 0);
    const seen = systemArm('clip').arm.observer!.observe(runOf(model, clipObjective())) as SystemObservation;
    assert.equal(seen.neighbours, 1);
    assert.ok(seen.effectiveRank > 1 && seen.effectiveRank < TINY.embedDim);
    disposeParameters(model.parameters);
  });

  it('look at FILIP’s patches and words: untrained, they choose about as chance would', () => {
    const model = createClip(withTokenMaps(TINY, { width: 8 }), 0);
    const tensors = tf.memory().numTensors;
    const seen = alignmentObserver.observe(runOf(model, filipObjective())) as unknown as AlignmentObservation;
    assert.equal(tf.memory().numTensors, tensors);
    const { rate, chance } = seen.alignment;
    assert.ok(chance > 0.2 && chance < 0.5 && Math.abs(rate - chance) < 0.25, `${rate}, chance ${chance}`);
    disposeParameters(model.parameters);
  });

  it('write down the links of HiCLIP’s towers', () => {
    const model = createClip(withGrouping(TINY), 0);
    const tensors = tf.memory().numTensors;
    const seen = hierarchyObserver.observe(runOf(model, clipObjective())) as unknown as HierarchyObservation;
    assert.equal(tf.memory().numTensors, tensors);
    assert.deepEqual(
      seen.pictures.map(({ index }) => index),
      [7],
    );
    const grid = TINY.vision.imageSize / TINY.vision.patchSize;
    assert.equal(seen.pictures[0].layers.length, TINY.vision.layers);
    assert.equal(seen.pictures[0].layers[0].horizontal[0].length, grid - 1);
    for (const { tokens, layers } of seen.sentences) {
      assert.equal(layers.length, TINY.text.layers);
      assert.equal(layers[0].length, tokens.length - 1);
    }
    for (const areas of Object.values(seen.areas))
      for (const area of areas) assert.ok(area >= 0 && area <= 1);
    disposeParameters(model.parameters);
  });
});
