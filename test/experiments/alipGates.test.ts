import assert from 'node:assert/strict';
import { loadTasks, type PictureSet } from '../../src/data';
import { createRandom, startEngine } from '../../src/engine';
import { embedPictures, embedTexts } from '../../src/evaluation';
import { armsOf, findExperiment, type ReportInput } from '../../src/experiments';
import { spoiledTexts } from '../../src/experiments/alipData';
import { CHOICE_ARMS, NOISE_RATES, WAY_ARMS } from '../../src/experiments/alipGatesArms';
import { detection, observedPairs } from '../../src/experiments/gateDetection';
import { type GateObservation, gateObserver } from '../../src/experiments/gateObserver';
import { GATES_PREDICTIONS } from '../../src/experiments/gatesPredictions';
import { createClip } from '../../src/models';
import { disposeParameters } from '../../src/nn';
import { staticSvg } from '../../src/report';
import { alipObjective } from '../../src/training';
import { TINY, tinyPictures, tinyTokenizer } from '../tiny';
import { madeUpRun, madeUpScores } from './tinyExperiment';

const EXPERIMENT = findExperiment('alip-gates');

/** Many pictures that differ in name, so that texts can be swapped. */
function pictures(length = 60): PictureSet {
  const set = tinyPictures(length);
  return { ...set, metas: set.metas.map((_, i) => ({ label: `thing ${i}` })) };
}

describe('the ablation of ALIP’s gates', () => {
  before(() => startEngine());

  it('names two arms in every prediction', () => {
    const arms = new Set(EXPERIMENT.arms.map(({ id }) => id));
    for (const { better, than } of GATES_PREDICTIONS)
      assert.ok(arms.has(better) && arms.has(than), `${better}, ${than}`);
  });

  it('replaces every spoiled text, and no other, for the oracle', () => {
    const data = { train: pictures(), test: pictures(), tasks: [], searches: [] };
    const { arm } = WAY_ARMS.find(({ way, rate }) => way.id === 'oracle' && rate === 0.6)!;
    const { flags } = spoiledTexts(data, 0.6, 1);
    const { textOf } = arm.texts!(data, 1);
    const random = createRandom(0);
    flags.forEach((flag, i) => {
      assert.equal(textOf!(i, random), data.train.texts[i][flag ? 1 : 0]);
    });
  });

  it('gives an arm the noise its name says', () => {
    const data = { train: pictures(), test: pictures(), tasks: [], searches: [] };
    for (const rate of NOISE_RATES) {
      const { arm } = WAY_ARMS.find((own) => own.rate === rate && own.way.id === 'alip')!;
      const { textOf, captionOf } = arm.texts!(data, 3);
      const random = createRandom(0);
      const changed = data.train.texts.filter(([text], i) => textOf!(i, random) !== text).length;
      assert.equal(changed > 0, rate > 0);
      assert.ok(Math.abs(changed - 60 * rate) <= 4, `${changed} of 60 at ${rate}`); // equal texts swap unseen
      assert.equal(captionOf!(5, random), data.train.texts[5][1]);
      assert.equal(arm.id, `alip-${100 * rate}`);
    }
  });
});

describe('gateObserver', () => {
  it('writes down the similarities of spoiled pairs and the history', async () => {
    await startEngine();
    const train = pictures();
    const data = { train, test: train, tasks: [], searches: [] };
    const model = createClip(TINY, 1);
    const tokenizer = tinyTokenizer();
    const objective = alipObjective();
    const seen = gateObserver(0.5).observe({
      model,
      tokenizer,
      objective,
      data,
      seed: 2,
    }) as unknown as GateObservation;
    assert.deepEqual(seen.history, { textCaption: 1, imageText: 1, imageCaption: 1 });
    assert.equal(seen.indices.length, 60);

    const { texts } = spoiledTexts(data, 0.5, 2);
    const images = embedPictures(model, train).first;
    const raw = embedTexts(model, tokenizer, texts).first;
    for (const i of [0, 31, 59]) {
      const index = seen.indices[i];
      let sum = 0;
      for (let j = 0; j < images.width; j++)
        sum += images.values[index * images.width + j] * raw.values[index * raw.width + j];
      assert.ok(Math.abs(seen.imageText[i] - sum) < 6e-4);
    }
    disposeParameters(model.parameters);
  });
});

describe('observedPairs', () => {
  // Similarities and histories of the method's test numbers (plane vectors), four decimals.
  const observation: GateObservation = {
    step: 1,
    history: { textCaption: 0.501565, imageText: 0.503232, imageCaption: 0.503082 },
    indices: [4, 0, 2],
    textCaption: [0.9848, 0.6428, 0.342],
    imageText: [0.9848, 0.5, 0.9848],
    imageCaption: [0.9397, 0.9848, 0.5],
  };

  before(() => startEngine());

  it('weighs by the history that the run had', () => {
    const pairs = observedPairs(observation, [null, null, 'swapped', null, null]);
    const near = (value: number, expected: number) =>
      assert.ok(Math.abs(value - expected) < 2e-4, `${value}`);
    near(pairs[2].sample, 0.72681);
    near(pairs[2].imageText, 2.61994);
    near(pairs[2].imageCaption, 0.993856);
    assert.deepEqual([pairs[0].sample, pairs[0].imageText, pairs[1].imageText], [1, 1, 1]);
    assert.deepEqual(
      pairs.map(({ noise }) => noise),
      [null, null, 'swapped'],
    );
  });

  it('tells how well a detector finds a kind of noise', () => {
    const pairs = observedPairs(observation, ['partial', null, 'swapped', null, null]);
    assert.equal(detection(pairs, 'sample', 'swapped'), 1);
    assert.equal(detection(pairs, 'sample', 'partial'), 0.5); // both weigh 1
    assert.equal(detection(pairs, 'imageText', 'swapped'), 0); // boosted above the clean one
    assert.equal(detection(pairs, 'textCaption', 'any'), 1);
  });
});

describe('its report', () => {
  const tasks = loadTasks('pictograms');
  const profile = EXPERIMENT.profiles.mini;
  const train = pictures();
  const order = [...armsOf(EXPERIMENT, profile)];
  const recallOf = (id: string) => (id.startsWith('alip') ? 0.5 : 0.3);

  function input(): ReportInput {
    const runs = order.flatMap((arm) =>
      profile.seeds.map((seed) => {
        return madeUpRun(arm, seed, madeUpScores(tasks, recallOf(arm.id) + 0.01 * seed));
      }),
    );
    return {
      profileName: 'mini',
      profile,
      data: { train, test: train, tasks, searches: [] },
      runs,
      observationsOf: ({ arm, seed }) => observationsOf(arm, seed),
    };
  }

  /** Spoiled texts are unlike their captions, and a little unlike their pictures. */
  function observationsOf(id: string, seed: number): GateObservation[] {
    const { rate } = [...WAY_ARMS, ...CHOICE_ARMS].find(({ arm }) => arm.id === id)!;
    const { flags } = spoiledTexts({ train }, rate, seed);
    const indices = [...train.keys.keys()];
    const random = createRandom(seed);
    const similarity = (gap: number) =>
      indices.map((i) => (flags[i] ? 0.5 - gap : 0.5) + 0.1 * random.uniform());
    const history = { textCaption: 0.5, imageText: 0.5, imageCaption: 0.5 };
    const moment = (step: number) => ({
      step,
      history,
      indices,
      textCaption: similarity(0.4),
      imageText: similarity(0.05),
      imageCaption: similarity(0),
    });
    return [moment(12), moment(300)];
  }

  before(() => startEngine());

  it('judges the predictions, and shows tables and figures', () => {
    const { tables, figures, verdicts } = EXPERIMENT.report(input());
    assert.deepEqual(
      tables.map(({ id }) => id),
      ['noise', 'choices', 'detection'],
    );
    const labels = tables.flatMap(({ sections }) =>
      sections.flatMap(({ rows }) => rows.map(({ label }) => label)),
    );
    for (const { way, arm } of [...WAY_ARMS, ...CHOICE_ARMS])
      if (order.includes(arm)) assert.ok(labels.includes(way.label), way.label);
    const noise = tables[0].sections[0];
    const alip = noise.rows.find(({ label }) => label.includes('ALIP'))!;
    assert.deepEqual(Math.round(alip.cells['recall 0.6'].value!), 51);
    const better = verdicts.find((sentence) =>
      sentence.includes('with 60 % noise, all gates beat no gates'),
    )!;
    assert.match(better, /^Supported/);
    assert.match(better, /\+20\.0 points/);
    assert.match(
      verdicts.find((sentence) => sentence.includes('the sample gate finds spoiled texts'))!,
      /^Supported/,
    );
    for (const figure of figures) assert.match(staticSvg(figure), /^<svg/);
  });

  it('decides nothing with one seed', () => {
    const full = input();
    const one = {
      ...full,
      profile: { ...profile, seeds: [0] },
      runs: full.runs.filter(({ seed }) => seed === 0),
    };
    assert.deepEqual(EXPERIMENT.report(one).verdicts.length, 1);
  });

  it('says which run lacks observations', () => {
    assert.throws(
      () => EXPERIMENT.report({ ...input(), observationsOf: () => [] }),
      /observations of "\w+-\d+"/,
    );
  });
});
