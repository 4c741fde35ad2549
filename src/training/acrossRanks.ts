import * as tf from '@tensorflow/tfjs-core';
import { type Ranks, rowsOfAllRanks, withRanks } from '../engine';
import type { GradientProblem, LossAndGradients } from './gradients';
import type { Embeddings } from './objectives';

/** A part of the loss: the pairs `first` … `first + count` of all whose embeddings are given. */
export type LossShare = (embeddings: Embeddings, first: number, count: number) => tf.Scalar;

/**
 * Loss and gradients of a batch whose pairs lie on several ranks: every rank embeds its own and gets the embeddings of all.
 * Then all compute the whole loss, each for an equal part of it, so that whatever a loss looks at or remembers (gates,
 * histories, queues, batch norm in heads) is the whole batch's. With a share, each computes the logits of its own pairs
 * alone (open_clip's `local_loss`, with its `gather_with_grad`). Batch norm in the towers sees the rows of all. The numbers
 * are those of one process with the whole batch.
 *
 * @param problem its batch holds the rank's own pairs, as many as every other's
 * @param compute `wholeGradients` or `cachedGradients`
 */
export function acrossRanks(
  problem: GradientProblem,
  compute: (problem: GradientProblem) => LossAndGradients,
  ranks: Ranks,
  share?: LossShare,
): LossAndGradients {
  if (ranks.size === 1) return compute(problem);
  const lossOf = (own: Embeddings) => {
    const all = Object.fromEntries(
      Object.entries(own).map(([name, rows]) => [
        name,
        rowsOfAllRanks(rows, ranks, share ? 'different' : 'equal'),
      ]),
    );
    const count = problem.batch.keys.length;
    if (share) return share(all, ranks.rank * count, count);
    return tf.div(problem.lossOf(all), ranks.size) as tf.Scalar;
  };
  const { encode } = problem;
  const ofRank = compute({
    ...problem,
    encode: (pairs, part) => withRanks(ranks, () => encode(pairs, part)),
    lossOf: (own) => withRanks(null, () => lossOf(own)),
  });
  return summed(ofRank, ranks);
}

/**
 * The sums over ranks, in one go: a call for each gradient would take longer than its numbers. They are parts of one array, as
 * copying them takes longer than summing them; the gradients given are freed.
 */
function summed({ loss, gradients }: LossAndGradients, ranks: Ranks): LossAndGradients {
  const parts = [loss, ...gradients.values()];
  const shapes = parts.map(({ shape }) => shape);
  const values = new Float32Array(parts.reduce((sum, { size }) => sum + size, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part.dataSync(), at);
    at += part.size;
    part.dispose();
  }
  ranks.sumInPlace(values);
  at = 0;
  const sums = shapes.map((shape) => {
    const begin = at;
    at += tf.util.sizeFromShape(shape);
    return tf.tensor(values.subarray(begin, at), shape);
  });
  return {
    loss: sums[0] as tf.Scalar,
    gradients: new Map([...gradients.keys()].map((name, i) => [name, sums[i + 1]])),
  };
}
