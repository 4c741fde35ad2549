import * as tf from '@tensorflow/tfjs-core';
import { type PictureSet, takeBatch, toImages } from '../data';
import {
  type Clip,
  covariance,
  distanceCovariance,
  imageTokens,
  patchTokens,
  upperTriangle,
} from '../models';
import { concatEmbeddings, type Embeddings, selectRows, toEmbeddings } from './embeddings';
import { fitLinearProbe, type ProbeExamples, scoreProbe } from './linearProbe';

/**
 * Where tokens are taken from: the patch embedding, a linear map of pixels and nothing else, or the tower's tokens as
 * they would leave it if it had so many blocks.
 */
export type Depth = 'patches' | number;

/**
 * What a linear classifier is shown of a picture's tokens, channels cut into heads:
 *
 * - `mean`: first order.
 * - `products`: products of means: as many numbers as a second-order statistic, made of the first order alone.
 * - `covariance`, `distance`: second order, upper triangles; means are not in them.
 */
export type ShownStatistic = 'mean' | 'products' | 'covariance' | 'distance';

/** Pictures encoded at a time. */
const BATCH = 128;

/**
 * A statistic of each picture's tokens, as rows.
 *
 * @param heads the channels are cut into as many slices, each with a triangle of its own
 * @param indices which pictures of the set, in the order of the rows
 */
export function statisticRows(
  model: Clip,
  set: PictureSet,
  indices: readonly number[],
  { depth, statistic, heads = 4 }: { depth: Depth; statistic: ShownStatistic; heads?: number },
): Embeddings {
  const parts: Embeddings[] = [];
  for (let start = 0; start < indices.length; start += BATCH) {
    const chosen = indices.slice(start, start + BATCH);
    tf.tidy(() => {
      const images = toImages(takeBatch(set, chosen), null, model.config.vision.imageSize);
      const shown = show(tokensAt(model, images, depth), statistic, heads);
      parts.push(toEmbeddings(shown.dataSync(), shown.shape[1]));
    });
  }
  return concatEmbeddings(parts);
}

/** `[batch, M, channels]` */
function tokensAt(model: Clip, images: tf.Tensor4D, depth: Depth): tf.Tensor3D {
  if (depth === 'patches') {
    const { embedDim } = model.config;
    return tf.slice(patchTokens(model, images), [0, 0, 0], [-1, -1, embedDim]);
  }
  const { config, parameters } = model;
  const shallow = { ...config, vision: { ...config.vision, layers: depth } };
  return imageTokens({ config: shallow, parameters }, images).tokens;
}

function show(tokens: tf.Tensor3D, statistic: ShownStatistic, heads: number): tf.Tensor2D {
  const [batch, count, channels] = tokens.shape;
  const mean = tf.mean(tokens, 1) as tf.Tensor2D;
  if (statistic === 'mean') return mean;
  const slice = channels / heads;
  const triangles = (matrices: tf.Tensor3D) =>
    tf.reshape(upperTriangle(matrices), [batch, -1]) as tf.Tensor2D;
  if (statistic === 'products') {
    const parts = tf.reshape(mean, [batch * heads, slice, 1]) as tf.Tensor3D;
    return triangles(tf.matMul(parts, parts, false, true));
  }
  const inHeads = tf.transpose(tf.reshape(tokens, [batch, count, heads, slice]), [0, 2, 3, 1]);
  const rows = tf.reshape(inHeads, [batch * heads, slice, count]) as tf.Tensor3D;
  return triangles(statistic === 'covariance' ? covariance(rows, count) : distanceCovariance(rows, count));
}

/** The penalties tried; features have unit variance. */
const STRENGTHS = [10, 100];
/** The comparison needs no digits after the first. */
const FIT = { maxIterations: 100, tolerance: 1e-6 };

/**
 * How well a linear classifier on these rows names the test pictures. Features are scaled to unit variance by the training
 * rows; every fourth training example chooses the penalty, then all of them fit the classifier.
 *
 * @returns mean per-class accuracy on the test examples, in [0, 1]
 */
export function probeAccuracy(train: ProbeExamples, test: ProbeExamples, classes: number): number {
  const scale = scaler(train.features);
  const [own, others] = [train, test].map(({ features, labels }) => ({ features: scale(features), labels }));
  const [held, kept] = [select(own, (i) => i % 4 === 0), select(own, (i) => i % 4 !== 0)];
  const scores = STRENGTHS.map(
    (strength) => scoreProbe(fitLinearProbe({ ...kept, ...FIT, classes, strength }), held).meanPerClass,
  );
  const strength = STRENGTHS[scores.indexOf(Math.max(...scores))];
  return scoreProbe(fitLinearProbe({ ...own, ...FIT, classes, strength }), others).meanPerClass;
}

function scaler({ values, rows, width }: Embeddings): (features: Embeddings) => Embeddings {
  const mean = new Float64Array(width);
  const square = new Float64Array(width);
  values.forEach((value, i) => {
    mean[i % width] += value / rows;
    square[i % width] += value ** 2 / rows;
  });
  const spread = square.map((value, i) => Math.sqrt(Math.max(value - mean[i] ** 2, 1e-12)));
  return (features) => ({
    ...features,
    values: features.values.map((value, i) => (value - mean[i % width]) / spread[i % width]),
  });
}

function select({ features, labels }: ProbeExamples, keep: (row: number) => boolean): ProbeExamples {
  const kept = Array.from({ length: features.rows }, (_, row) => row).filter(keep);
  return { features: selectRows(features, kept), labels: kept.map((row) => labels[row]) };
}
