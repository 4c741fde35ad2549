import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../../src/engine';
import { type Clip, encodeImages, encodeTexts, logitScale } from '../../../src/models';
import {
  clipObjective,
  DECLIP_WEIGHTS,
  DEFILIP_WEIGHTS,
  declipObjective,
  type SignalWeights,
  type TrainingBatch,
  withDeclipHeads,
  withDefilipHeads,
} from '../../../src/training';
import { TINY } from '../../tiny';
import { DECLIP, norm, smallBatch, TOKENS, tryOut } from './small';

const NOTHING: SignalWeights = { contrast: 0, imageSelf: 0, textSelf: 0, neighbours: 0, tokens: 0 };
const { embedDim } = TINY;

describe('declipObjective', () => {
  before(() => startEngine());
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  const config = withDefilipHeads(TINY, DECLIP, TOKENS);
  const objectiveOf = (weights: SignalWeights, queueSize = 12) =>
    declipObjective({ weights, embedDim, queueSize });
  const batchOf = () => smallBatch({ ...objectiveOf(DEFILIP_WEIGHTS).needs });

  it('has the official weights: 1 in all for DeCLIP, 1.2 for DeFILIP', () => {
    const sum = (weights: SignalWeights) => Object.values(weights).reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(sum(DECLIP_WEIGHTS) - 1) < 1e-12);
    assert.ok(Math.abs(sum(DEFILIP_WEIGHTS) - 1.2) < 1e-12);
  });

  it('adds up its signals: leaving one out takes its weight times its value away, and nothing else', async () => {
    const batch = await batchOf();
    const all = tryOut(objectiveOf(DEFILIP_WEIGHTS), config, batch);
    const nameOf = (signal: string) => `loss${signal[0].toUpperCase()}${signal.slice(1)}`;
    assert.equal(Object.keys(all.metrics).length, 5);
    for (const signal of Object.keys(DEFILIP_WEIGHTS) as (keyof SignalWeights)[]) {
      if (signal === 'textSelf') continue; // without it the contrast reads the whole text, see below
      const less = tryOut(objectiveOf({ ...DEFILIP_WEIGHTS, [signal]: 0 }), config, batch);
      const taken = all.value - less.value;
      const expected = DEFILIP_WEIGHTS[signal] * all.metrics[nameOf(signal)];
      assert.ok(Math.abs(taken - expected) < 1e-4, `${signal}: ${taken}, expected ${expected}`);
      assert.equal(less.metrics[nameOf(signal)], undefined);
    }
  });

  it('reads the text with hidden words for the contrast, or the whole one', async () => {
    const batch = await batchOf();
    const weights = { ...NOTHING, contrast: 1, textSelf: 1 };
    const contrastOf = (contrastText: 'masked' | 'whole') =>
      tryOut(declipObjective({ weights, embedDim, queueSize: 4, contrastText }), config, batch).metrics
        .lossContrast;
    const alone = tryOut(objectiveOf({ ...NOTHING, contrast: 1 }), config, batch).metrics.lossContrast;
    assert.ok(Math.abs(contrastOf('whole') - alone) < 1e-6);
    assert.ok(Math.abs(contrastOf('masked') - alone) > 1e-6);
  });

  it('is CLIP’s loss where both sights and both wordings are the same', async () => {
    const batch = same(await batchOf());
    const clip = tryOut(clipObjective(), TINY, batch);
    const found = tryOut(objectiveOf({ ...NOTHING, contrast: 1 }), config, batch);
    assert.ok(Math.abs(found.value - clip.value) < 1e-6);
  });

  /** Pictures look for their texts, and texts for nobody. */
  function halfOfClip({ images: pictures, texts }: TrainingBatch, model: Clip): number {
    const [images, words] = [encodeImages(model, pictures).first, encodeTexts(model, texts).first];
    const logits = tf.mul(tf.matMul(images, words, false, true), logitScale(model)) as tf.Tensor2D;
    const own = tf.sum(tf.mul(logits, tf.eye(logits.shape[0])), 1);
    return tf.mean(tf.sub(tf.logSumExp(logits, 1), own)).dataSync()[0];
  }

  it('with a queue that holds the batch’s texts, neighbours are half of CLIP', async () => {
    const batch = same(await batchOf());
    const objective = objectiveOf({ ...NOTHING, neighbours: 1 }, batch.keys.length);
    const { model } = tryOut(objective, config, batch); // fills the queue
    const found = tryOut(objective, config, batch, model).value;
    assert.ok(Math.abs(found - halfOfClip(batch, model)) < 1e-5);
  });

  it('without a queue, every text is its own neighbour: half of CLIP again', async () => {
    const batch = same(await batchOf());
    const { value, model } = tryOut(objectiveOf({ ...NOTHING, neighbours: 1 }, 0), config, batch);
    assert.ok(Math.abs(value - halfOfClip(batch, model)) < 1e-5);
  });

  it('teaches the text tower nothing by neighbours, and the image tower nothing by hidden words', async () => {
    const batch = await batchOf();
    const neighbours = tryOut(objectiveOf({ ...NOTHING, neighbours: 1 }), config, batch);
    assert.equal(norm(neighbours.gradients.get('text_projection')), 0);
    assert.ok(norm(neighbours.gradients.get('visual.proj')) > 0);
    const words = tryOut(objectiveOf({ ...NOTHING, textSelf: 1 }), config, batch);
    assert.equal(norm(words.gradients.get('visual.proj')), 0);
    assert.ok(norm(words.gradients.get('auxiliary.maskedText.text_label_predictor.weight')) > 0);
  });

  it('shows the vector of hidden tokens where tokens are hidden, and there alone', async () => {
    const batch = await batchOf();
    const hidden = batch.masked!.ids.filter((id) => id === TINY.text.vocabSize).length;
    assert.ok(hidden > 0);
    const weights = { ...NOTHING, textSelf: 1 };
    const found = tryOut(objectiveOf(weights), config, batch);
    assert.ok(norm(found.gradients.get('auxiliary.maskedText.embedding')) > 0);
    const before = encodeTexts(found.model, batch.texts).first.dataSync();
    found.model.parameters.get('auxiliary.maskedText.embedding')!.assign(tf.ones([TINY.text.width]));
    assert.deepEqual(encodeTexts(found.model, batch.texts).first.dataSync(), before);
  });

  it('leaves token maps without a gradient alone', async () => {
    const plain = declipObjective({ embedDim, queueSize: 4 });
    assert.equal(plain.trains!('auxiliary.tokens.logit_scale'), false);
    assert.equal(plain.trains!('visual.proj'), true);
    const batch = await smallBatch(plain.needs);
    const found = tryOut(plain, withDeclipHeads(TINY, DECLIP), batch);
    for (const name of found.model.parameters.keys()) {
      if (!name.includes('running_')) assert.ok(found.gradients.has(name), name);
    }
  });

  it('remembers the queue between steps and comes back to what it was', async () => {
    const batch = await batchOf();
    const objective = objectiveOf({ ...NOTHING, neighbours: 1 });
    const state = objective.getState!();
    const first = tryOut(objective, config, batch);
    const second = tryOut(objective, config, batch, first.model).value;
    assert.notEqual(second, first.value);
    objective.setState!(JSON.parse(JSON.stringify(state)));
    assert.equal(tryOut(objective, config, batch, first.model).value, first.value);
  });
});

/** Both sights are the plain crop, both wordings the text. */
function same(batch: TrainingBatch): TrainingBatch {
  const view = { images: batch.images, augmentation: batch.views![0].augmentation };
  return { ...batch, views: [view, view], edited: batch.texts };
}
