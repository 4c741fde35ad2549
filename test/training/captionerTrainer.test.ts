import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { CAPTION_END, type CaptionerBundle } from '../../src/models';
import {
  captionBatchLoss,
  captionerData,
  conceptsOfFeatures,
  conceptWords,
  pictureFeatures,
  RunInterruptedError,
  readAndTargets,
  readMetrics,
  trainCaptioner,
} from '../../src/training';
import { disposeBundle, tinyBundle } from '../captioners';
import { temporaryFolder } from '../data/fixtures';
import { TINY_RECIPE, tinyPictures } from '../tiny';

describe('training a captioner', () => {
  const root = temporaryFolder();
  const set = tinyPictures();
  const descriptions = set.texts.map((texts) => texts[1]);
  let folders = 0;
  let bundle: CaptionerBundle;

  before(() => startEngine());
  beforeEach(() => {
    bundle = tinyBundle(descriptions);
  });
  afterEach(() => disposeBundle(bundle));

  const folder = (name = `run ${folders++}`) => ({
    checkpoints: join(root, name, 'checkpoints'),
    metrics: join(root, `${name}.jsonl`),
  });

  function data(views = 2) {
    const { tower, concepts, vocabulary, choice } = bundle;
    const features = pictureFeatures(tower, set, { views });
    return captionerData(
      {
        keys: set.keys,
        descriptions,
        features,
        concepts: conceptsOfFeatures(features, set.keys, concepts, choice),
      },
      vocabulary,
      concepts,
      { batchSize: 4, seed: 0, contextLength: 12 },
    );
  }

  const valuesOf = (parameters: CaptionerBundle['captioner']['parameters']) =>
    [...parameters].map(([name, variable]) => [name, Array.from(variable.dataSync())] as const);

  it('lowers the loss, changes every weight of the decoder and none of the tower', async () => {
    const before = new Map(valuesOf(bundle.captioner.parameters));
    const tower = valuesOf(bundle.tower.parameters);
    const run = folder();
    await trainCaptioner(
      bundle.captioner,
      data(),
      { ...TINY_RECIPE, steps: 40 },
      { folder: run, logEvery: 1 },
    );
    const losses = readMetrics(run.metrics).map(({ loss }) => Number(loss));
    assert.equal(losses.length, 40);
    assert.ok(losses[39] < 0.5 * losses[0], `${losses[0]} to ${losses[39]}`);
    assert.deepEqual(valuesOf(bundle.tower.parameters), tower);
    for (const [name, values] of valuesOf(bundle.captioner.parameters))
      assert.notDeepEqual(values, before.get(name), name);
  });

  it('goes on after an interruption as if there had been none, and leaves no tensor behind', async () => {
    const whole = folder();
    const batches = data();
    await trainCaptioner(bundle.captioner, batches, TINY_RECIPE, { folder: whole });
    const expected = valuesOf(bundle.captioner.parameters);
    disposeBundle(bundle);
    bundle = tinyBundle(descriptions);
    const { numTensors } = tf.memory();
    const parts = folder();
    const controller = new AbortController();
    const stop = { folder: parts, signal: controller.signal, onStep: () => controller.abort() };
    await assert.rejects(trainCaptioner(bundle.captioner, batches, TINY_RECIPE, stop), (error) => {
      assert.ok(error instanceof RunInterruptedError);
      assert.match(error.message, /^Stopped after step 1 of 6; its checkpoint is saved\.$/);
      return true;
    });
    await trainCaptioner(bundle.captioner, batches, TINY_RECIPE, { folder: parts });
    assert.deepEqual(valuesOf(bundle.captioner.parameters), expected);
    assert.equal(tf.memory().numTensors, numTensors);
    const lossesOf = ({ metrics }: typeof parts) =>
      readMetrics(metrics).map(({ step, loss }) => [step, loss]);
    assert.deepEqual(lossesOf(parts), lossesOf(whole));
  });

  it('does not see padding: a batch loses the mean of what its captions lose alone', () => {
    const { concepts, vocabulary, captioner } = bundle;
    const captions = ['a cat', 'a dog that is green', 'a leaf that'].map((text) => [
      1,
      ...vocabulary.encode(text),
      CAPTION_END,
    ]);
    const grid = tf.randomNormal([3, 4, 16], 0, 1, 'float32', 1) as tf.Tensor3D;
    const pieces = [
      [0, 1],
      [2, 3],
      [4, 0],
    ].map((places) => places.map((place) => concepts.pieces[place]));
    const lossOf = (rows: number[]) => {
      const batch = readAndTargets(
        rows.map((row) => captions[row]),
        12,
      );
      const own = tf.gather(grid, rows);
      const input = { grid: own, concepts: rows.map((row) => pieces[row]) };
      const [loss] = tf.tidy(() => captionBatchLoss(captioner, { input, ...batch }).dataSync());
      tf.dispose([own, batch.tokens]);
      return { sum: loss * batch.targets.length, count: batch.targets.length };
    };
    const together = lossOf([0, 1, 2]);
    const alone = [0, 1, 2].map((row) => lossOf([row]));
    grid.dispose();
    const sum = alone.reduce((total, one) => total + one.sum, 0);
    assert.ok(Math.abs(together.sum - sum) < 1e-4 * sum, `${together.sum} and ${sum}`);
  });

  it('cuts a caption that is too long, and does not learn that it ends there', () => {
    const { tokens, places, targets } = readAndTargets(
      [
        [1, 5, 6, 7, CAPTION_END],
        [1, 8, CAPTION_END],
      ],
      3,
    );
    assert.deepEqual(tokens.arraySync(), [
      [1, 5, 6],
      [1, 8, 0],
    ]);
    tokens.dispose();
    assert.deepEqual(
      [places, targets],
      [
        [0, 1, 2, 3, 4],
        [5, 6, 7, 8, CAPTION_END],
      ],
    );
  });

  it('says how many pictures a batch needs', () => {
    const { vocabulary, concepts } = bundle;
    const features = { pictures: 0, views: [], cells: 4, gridWidth: 16 };
    const none = { keys: [], descriptions: [], features, concepts: [] };
    assert.throws(
      () => captionerData(none, vocabulary, concepts, { batchSize: 4, seed: 0, contextLength: 12 }),
      /at least 4 described pictures, a batch, but got 0/,
    );
  });
});

describe('conceptWords', () => {
  it('takes lone words of keyword lists and nouns behind an article, by the number of labels', () => {
    const texts = [
      { label: 'fox', text: 'A mammal, fox, associated with animal and face.' },
      { label: 'skunk', text: 'A mammal associated with animal and stink.' },
      { label: 'home', text: 'house, building, home' },
      { label: 'home', text: 'house, building' },
      { label: 'card', text: 'Something to read, card, associated with animal.' },
    ];
    assert.deepEqual(conceptWords(texts, { minimumLabels: 2 }), ['animal', 'mammal']);
    assert.deepEqual(conceptWords(texts, { minimumLabels: 1, count: 5 }), [
      'animal',
      'mammal',
      'building',
      'card',
      'face',
    ]);
  });
});
