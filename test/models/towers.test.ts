import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/engine';
import { clipLoss, siglipLoss } from '../../src/losses';
import {
  type Clip,
  type ClipConfig,
  createClip,
  encodeImages,
  encodeTexts,
  logitBias,
  logitScale,
  type Mode,
  pairLogits,
  type TokenBatch,
  zooConfig,
} from '../../src/models';
import { disposeParameters, trainable } from '../../src/nn';
import { assertClose, assertCloseInScale, golden } from '../golden/compare';
import { assertGradients, fillByFormula, uniform } from '../golden/formula';

interface Case {
  sizes: { embedDim?: number; vision?: object; text?: object };
  ids: number[];
  lengths: number[];
}

/** The issue asks for 1e-4; a wrong GELU hides there, so the small models are held to less. */
const TOLERANCE = 1e-5;
const TRAINING: Mode = { training: true, random: undefined as never };

const cases: Record<string, Case> = JSON.parse(
  readFileSync(join(__dirname, '../golden/towers.json'), 'utf8'),
);
const answers = golden('towers.safetensors');
const expected = (name: string, key: string) => answers.get(`${name}.${key}`)!.data;

/** The model of a case, with the parameters of the formula. */
function build(name: string): Clip {
  const published = zooConfig(name.replace('full.', ''));
  const { sizes } = cases[name];
  const config: ClipConfig = {
    ...published,
    ...sizes,
    vision: { ...published.vision, ...sizes.vision },
    text: { ...published.text, ...sizes.text },
  };
  const model = createClip(config, 0);
  fillByFormula(model.parameters);
  for (const [parameter, variable] of model.parameters) {
    if (parameter.endsWith('running_var')) tf.tidy(() => variable.assign(tf.mul(variable, 1024)));
  }
  return model;
}

function inputsOf(name: string, { config }: Clip): { images: tf.Tensor4D; texts: TokenBatch } {
  const { ids, lengths } = cases[name];
  const { imageSize } = config.vision;
  const count = lengths.length;
  const planes = uniform('images', count * 3 * imageSize ** 2, 2);
  const images = tf.tidy(() =>
    tf.transpose(tf.tensor4d(planes, [count, 3, imageSize, imageSize]), [0, 2, 3, 1]),
  );
  return { images, texts: { ids: Int32Array.from(ids), lengths: Int32Array.from(lengths) } };
}

/** Embeddings and what a user sees: a softmax over texts, or each pair's sigmoid in a model with a bias. */
function compare(name: string, tolerance: number): void {
  const model = build(name);
  const { images, texts } = inputsOf(name, model);
  tf.tidy(() => {
    const ofImages = encodeImages(model, images).first;
    const ofTexts = encodeTexts(model, texts).first;
    assertCloseInScale(ofImages, expected(name, 'image_features'), tolerance, 'image embeddings');
    assertCloseInScale(ofTexts, expected(name, 'text_features'), tolerance, 'text embeddings');
    const probabilities = (logits: tf.Tensor) => (logitBias(model) ? tf.sigmoid(logits) : tf.softmax(logits));
    const count = texts.lengths.length;
    const wanted = probabilities(tf.tensor2d(expected(name, 'logits') as Float32Array, [count, count]));
    assertClose(
      probabilities(pairLogits(model, ofImages, ofTexts)),
      wanted.dataSync(),
      tolerance,
      'probabilities',
    );
  });
  images.dispose();
  disposeParameters(model.parameters);
}

describe('the towers of the zoo, against open_clip', () => {
  before(() => startEngine());

  for (const name of Object.keys(cases)) {
    const isFull = name.startsWith('full.');
    it(`${name} gives the same embeddings and probabilities`, function () {
      if (isFull && !process.env.CLIPBOOK_SLOW) this.skip();
      if (isFull) this.timeout(600_000);
      compare(name, isFull ? 1e-4 : TOLERANCE);
    });
  }

  for (const name of Object.keys(cases).filter((name) => answers.has(`${name}.train.loss`))) {
    it(`${name} in training gives the same loss, gradients and running statistics`, () => {
      const model = build(name);
      const { images, texts } = inputsOf(name, model);
      const parameters = trainable(model.parameters);
      const { grads, value } = tf.variableGrads(() => {
        const rows = [encodeImages(model, images, TRAINING).first, encodeTexts(model, texts).first] as const;
        const bias = logitBias(model);
        return bias ? siglipLoss(...rows, logitScale(model), bias) : clipLoss(...rows, logitScale(model));
      }, [...parameters.values()]);
      assertClose(value, expected(name, 'train.loss'), 1e-5, 'loss');
      const recorded = [...parameters].filter(([parameter]) =>
        answers.has(`${name}.train.grad.${parameter}`),
      );
      const gradients = new Map(recorded.map(([parameter, { name }]) => [parameter, grads[name]]));
      assert.ok(gradients.size >= 8, `only ${gradients.size} gradients are recorded`);
      assertGradients(gradients, answers, `${name}.train`);
      for (const [key, { data }] of answers) {
        const prefix = `${name}.train.after.`;
        if (!key.startsWith(prefix)) continue;
        assertCloseInScale(model.parameters.get(key.slice(prefix.length))!, data, 1e-5, key);
      }
      tf.dispose([grads, value, images]);
      disposeParameters(model.parameters);
    });
  }
});
