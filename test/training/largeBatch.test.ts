import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { loadEmbedded } from '../../src/data';
import { createRandom, startEngine } from '../../src/engine';
import { pairLossesFromLogits } from '../../src/losses';
import { createClip, MINI_MODEL } from '../../src/models';
import { createTokenizer } from '../../src/text';
import {
  cachedGradients,
  clipObjective,
  type GradientProblem,
  pictureData,
  startTraining,
  trainStep,
  wholeGradients,
} from '../../src/training';
import { assertCloseInScale } from '../golden/compare';
import { disposeTraining, TINY, TINY_RECIPE, tinyPictures, tinyTokenizer } from '../tiny';

/** What a batch's logits would take, all at once. */
const logitBytes = (batch: number) => 4 * batch ** 2;

describe('a large batch, embedded in chunks and compared in blocks', () => {
  before(() => startEngine());
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  /** CLIP's first step on so many pairs. */
  async function problemOf(batchSize: number): Promise<GradientProblem> {
    const options = { batchSize, seed: 0, imageSize: TINY.vision.imageSize };
    const { encode, lossOf } = clipObjective();
    const model = createClip(TINY, 0);
    const mode = { training: true, random: createRandom('step') } as const;
    return {
      batch: await pictureData(tinyPictures(batchSize), tinyTokenizer(), options).batch(0),
      encode: (pairs) => encode(model, pairs, mode),
      lossOf: ({ images, texts }) =>
        lossOf({ images: images as tf.Tensor2D, texts: texts as tf.Tensor2D }, model, mode).loss,
      parameters: model.parameters,
    };
  }

  it('has the loss and gradients of one pass over all logits', async () => {
    const problem = await problemOf(1100);
    const plain = wholeGradients({
      ...problem,
      lossOf: ({ images, texts }) => {
        const cosines = tf.matMul(images as tf.Tensor2D, texts as tf.Tensor2D, false, true);
        const scale = tf.exp(problem.parameters.get('logit_scale')!);
        return tf.mean(pairLossesFromLogits(tf.mul(cosines, scale) as tf.Tensor2D));
      },
    });
    const found = cachedGradients(problem, 300);
    assertCloseInScale(found.loss, plain.loss.dataSync(), 1e-5, 'loss');
    for (const [name, gradient] of plain.gradients) {
      assertCloseInScale(found.gradients.get(name)!, gradient.dataSync(), 1e-5, name);
    }
  });

  it('takes less memory than its logits alone would', async () => {
    const problem = await problemOf(4096);
    const taken = tf.memory().numBytes;
    const { peakBytes } = await tf.profile(() => cachedGradients(problem, 256).loss);
    assert.ok(peakBytes - taken < logitBytes(4096), `${peakBytes - taken} of ${logitBytes(4096)} bytes`);
  });

  /**
   * Seen alone: 1.9 GiB resident at most, 0.8 of them the step's; 20 s on two cores that did other work as well. A fourth of
   * the batch without chunks: 3.4 GiB.
   */
  it('of 4,096 pictograms trains the mini model (CLIPBOOK_SLOW=1)', async function () {
    if (!process.env.CLIPBOOK_SLOW) this.skip();
    this.timeout(600_000);
    const pictures = await loadEmbedded({ sets: ['pictograms'], split: 'train', size: 64 });
    const recipe = { ...TINY_RECIPE, batchSize: 4096, chunk: 256, learningRate: 1e-3 };
    const batch = await pictureData(pictures, createTokenizer(MINI_MODEL.text), {
      batchSize: recipe.batchSize,
      seed: 0,
      imageSize: MINI_MODEL.vision.imageSize,
    }).batch(0);
    const training = startTraining(createClip(MINI_MODEL, 0), clipObjective(), recipe);
    const before = process.resourceUsage().maxRSS;
    const { loss, gradientNorm } = trainStep(training, batch);
    disposeTraining(training);
    const grown = (process.resourceUsage().maxRSS - before) / 2 ** 20;
    assert.ok(Math.abs(loss - Math.log(4096)) < 1 && gradientNorm > 0, `loss ${loss}, norm ${gradientNorm}`);
    assert.ok(grown < 2, `the step took ${grown.toFixed(1)} GiB`);
  });
});
