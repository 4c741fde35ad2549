import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../engine';
import type { GateWeights } from './alipGates';
import { type AlipVariant, normalise, weigh } from './alipPaths';
import { pairLosses } from './clip';

/** One of several processes that share a batch, and how they share the loss: the options of open_clip's `ClipLoss`. */
export interface RankOptions {
  /** From 0; this rank's rows follow those of the ranks before it. */
  rank: number;
  /** Number of ranks; divides the batch. */
  world: number;
  /** Only this rank's rows look for their partners in the gathered batch; false: all rows, on every rank. */
  localLoss?: boolean;
  /** Gradients also reach the rows of other ranks, as through a differentiable gather; false: they are constants. */
  gatherWithGrad?: boolean;
  variant?: AlipVariant;
}

/**
 * ALIP's loss as one of several ranks computes it from the gathered batch. Every rank opens the gates on the gathered
 * batch too, so that weights and histories are the same everywhere. The mean over the ranks is `alipLoss` of the whole
 * batch, always; what reaches a parameter once the ranks have averaged its gradients depends:
 *
 * - `localLoss` with `gatherWithGrad`: exactly the gradient of one process, at 1/world of the work.
 * - `gatherWithGrad` alone: the same, all the work done on every rank.
 * - neither, as in the official ALIP code: 1/world of that gradient for the towers but all of it for the logit scale.
 *   Adam mostly hides the factor; clipping by the global norm does not.
 * - `localLoss` alone: rows have gradients as queries but none as candidates. The official ALIP code fails with it: it
 *   does not cut the weights down to the rank's rows.
 *
 * @param images gathered unit rows in the order of the ranks, `[batch, embedDim]`; likewise `texts` and `captions`
 * @param weights of the gathered batch; null for the ungated bi-path loss
 * @throws RangeError where the ranks do not divide the batch, or there is no such rank
 */
export function alipRankLoss(
  images: tf.Tensor2D,
  texts: tf.Tensor2D,
  captions: tf.Tensor2D,
  scale: tf.Scalar,
  weights: GateWeights | null,
  options: RankOptions,
): tf.Scalar {
  const { rank, world, localLoss = false, gatherWithGrad = false, variant = 'official' } = options;
  const [batch] = images.shape;
  checkRank(rank, world, batch);
  const rows = batch / world;
  const own = <T extends tf.Tensor>(x: T) => tf.slice(x, rank * rows, rows) as T;
  const seen = (x: tf.Tensor2D) => {
    if (gatherWithGrad) return x;
    return localLoss ? stopGradient(x) : keepGradient(x, rank * rows, rows);
  };

  const all = { images: seen(images), texts: seen(texts), captions: seen(captions) };
  if (!localLoss) {
    const path = (partners: tf.Tensor2D) => pairLosses(all.images, partners, scale);
    return normalise(weigh(path(all.texts), path(all.captions), weights), variant, batch);
  }
  const search = (queries: tf.Tensor2D, candidates: tf.Tensor2D) =>
    crossEntropies(own(queries), candidates, own(candidates), scale);
  const path = (partners: tf.Tensor2D, candidates: tf.Tensor2D) =>
    tf.mul(tf.add(search(images, candidates), search(partners, all.images)), 0.5) as tf.Tensor1D;
  const local = weights && {
    sample: own(weights.sample),
    imageText: own(weights.imageText),
    imageCaption: own(weights.imageCaption),
  };
  const loss = weigh(path(texts, all.texts), path(captions, all.captions), local);
  return normalise(loss, variant, batch);
}

/** The same rows; gradients flow through `rows` of them from `begin` on and through no others. */
function keepGradient(x: tf.Tensor2D, begin: number, rows: number): tf.Tensor2D {
  const constant = stopGradient(x);
  const end = begin + rows;
  const parts = [
    tf.slice(constant, 0, begin),
    tf.slice(x, begin, rows),
    tf.slice(constant, end, x.shape[0] - end),
  ];
  return tf.concat(parts.filter(({ size }) => size > 0));
}

/** How far each query, `[rows, embedDim]`, is from finding its target among the candidates, `[batch, embedDim]`. */
function crossEntropies(
  queries: tf.Tensor2D,
  candidates: tf.Tensor2D,
  targets: tf.Tensor2D,
  scale: tf.Scalar,
): tf.Tensor {
  const logSums = tf.logSumExp(tf.mul(tf.matMul(queries, candidates, false, true), scale), 1);
  return tf.sub(logSums, tf.mul(tf.sum(tf.mul(queries, targets), 1), scale));
}

function checkRank(rank: number, world: number, batch: number): void {
  if (!(Number.isInteger(world) && world > 0 && batch % world === 0)) {
    throw new RangeError(
      `Expected a batch that divides among its ranks, got ${batch} rows for ${world} ranks; change either.`,
    );
  }
  if (!(Number.isInteger(rank) && rank >= 0 && rank < world)) {
    throw new RangeError(`Expected a rank from 0 to ${world - 1}, got ${rank}; ranks are counted from 0.`);
  }
}
