import * as tf from '@tensorflow/tfjs-core';
import { publishedPrompts } from '../benchmarks/publishedPrompts';
import { createRandom } from '../engine';
import { classPrompts, embedTexts } from '../evaluation';
import {
  type Clip,
  type ClipConfig,
  createClip,
  encodeImages,
  encodeTexts,
  MINI_MODEL,
  type Mode,
} from '../models';
import { disposeParameters } from '../nn';
import { createTokenizer } from '../text';
import { clipObjective, startTraining, trainStep } from '../training';
import { fullTokens } from './benchTexts';

/** A size that grows, and what is done at each. */
export interface Scaling {
  title: string;
  sizes: readonly number[];
  /** The powers of the size that time and memory should grow with. */
  slope: { time: number; memory: number };
  prepare(size: number): Promise<Prepared>;
}

interface Prepared {
  work: () => void;
  dispose: () => void;
}

const PICTURES = 16;
const TEXTS = 64;
const TEMPLATES = 8;

/** Attention alone grows with the square of the tokens; it is a small part at these sizes, and its kernel keeps no scores. */
export const SCALINGS: readonly Scaling[] = [
  {
    title: 'pairs in a batch',
    sizes: [16, 32, 64, 128, 256],
    slope: { time: 1, memory: 1 },
    prepare: async (batch) => trainingStep(batch),
  },
  {
    title: 'side of pictures',
    sizes: [32, 48, 64, 96, 128, 192],
    slope: { time: 2, memory: 2 },
    prepare: async (side) => {
      const config = { ...MINI_MODEL, vision: { ...MINI_MODEL.vision, imageSize: side } };
      const images = picturesOf(PICTURES, side);
      return towerStep(config, /^visual\./, (model, mode) => encodeImages(model, images, mode).first, images);
    },
  },
  {
    title: 'tokens of texts',
    sizes: [16, 32, 64, 128, 256],
    slope: { time: 1, memory: 1 },
    prepare: async (contextLength) => {
      const config = { ...MINI_MODEL, text: { ...MINI_MODEL.text, contextLength } };
      const texts = fullTokens(TEXTS, createTokenizer(config.text));
      return towerStep(
        config,
        /^(?!visual\.|logit_scale)/,
        (model, mode) => encodeTexts(model, texts, mode).first,
      );
    },
  },
  {
    title: 'classes',
    sizes: [64, 128, 256, 512],
    slope: { time: 1, memory: 0 },
    prepare: async (classes) => classifier(classes),
  },
];

/**
 * A whole training step of plain CLIP, the mini model in float32, texts of full length.
 *
 * @param chunk pairs whose activations are in memory at a time, see `Recipe.chunk`; absent: all
 */
export function trainingStep(batch: number, chunk?: number): Prepared {
  const model = createClip(MINI_MODEL, 0);
  const recipe = {
    steps: 1000,
    batchSize: batch,
    learningRate: 1e-4,
    warmupSteps: 0,
    weightDecay: 0.2,
    chunk,
    seed: 0,
  };
  const training = startTraining(model, clipObjective(), recipe);
  const images = picturesOf(batch, MINI_MODEL.vision.imageSize);
  const texts = fullTokens(batch, createTokenizer(MINI_MODEL.text));
  const keys = Array.from({ length: batch }, (_, row) => String(row));
  return {
    work: () => void trainStep(training, { keys, images, texts }, () => false),
    dispose: () => {
      training.optimizer.dispose();
      disposeParameters(model.parameters);
      images.dispose();
    },
  };
}

/** A tower forward and backward. */
function towerStep(
  config: ClipConfig,
  trained: RegExp,
  embed: (model: Clip, mode: Mode) => tf.Tensor,
  images?: tf.Tensor,
): Prepared {
  const model = createClip(config, 0);
  const variables = [...model.parameters]
    .filter(([name]) => trained.test(name))
    .map(([, variable]) => variable);
  const mode: Mode = { training: true, random: createRandom(0) };
  const lossOf = () => tf.mean(embed(model, mode)) as tf.Scalar;
  return {
    work: () => void tf.tidy(() => tf.variableGrads(lossOf, variables).value.dataSync()),
    dispose: () => {
      disposeParameters(model.parameters);
      images?.dispose();
    },
  };
}

/** The texts of a zero-shot classifier, ImageNet's first classes in 8 of its templates. */
function classifier(count: number): Prepared {
  const model = createClip(MINI_MODEL, 0);
  const tokenizer = createTokenizer(MINI_MODEL.text);
  const { classes, templates } = publishedPrompts('imagenet1k');
  const texts = classPrompts(classes.slice(0, count), (templates as readonly string[]).slice(0, TEMPLATES));
  return {
    work: () => void embedTexts(model, tokenizer, texts),
    dispose: () => disposeParameters(model.parameters),
  };
}

const picturesOf = (count: number, side: number) =>
  tf.randomNormal([count, side, side, 3], 0, 1, 'float32', 1) as tf.Tensor4D;
