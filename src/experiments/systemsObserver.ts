import * as tf from '@tensorflow/tfjs-core';
import { taskExamples } from '../data';
import {
  type EmbeddingHealth,
  type EncodedRows,
  embeddingHealth,
  embedPictures,
  nearestNeighbours,
} from '../evaluation';
import { imageFeatures, patchEmbeddings } from '../models';
import { unitLength } from '../nn';
import type { Observation, ObservedRun, Observer } from './experiment';

/** The task whose classes are the single concepts: every emoji is one. */
const CONCEPTS = 'imagenet-mini';

/** What the pictures' embeddings are worth by themselves, without texts. */
export interface SystemObservation extends Observation, EmbeddingHealth {
  /**
   * The share of test pictures whose nearest training picture shows the same concept, in another drawing style: k-nearest
   * neighbours with k = 1.
   */
  neighbours: number;
}

/** Looks at the pictures once, at the end of a run. */
export const systemsObserver: Observer = {
  moments: (steps) => [steps],
  observe: (run): Omit<SystemObservation, 'step'> => {
    const task = run.data.tasks.find(({ id }) => id === CONCEPTS)!;
    const [known, asked] = [run.data.train, run.data.test].map((set) => {
      const { indices, labels } = taskExamples(set, task);
      return { labels, rows: pictureVectors(run, set, indices) };
    });
    const found = nearestNeighbours({ queries: asked.rows, candidates: known.rows, scoring: 'first', k: 1 });
    const right = found.filter(([{ index }], row) => known.labels[index] === asked.labels[row]);
    return { neighbours: right.length / found.length, ...embeddingHealth(asked.rows.first) };
  },
};

/** A picture's embedding; where training left it alone, as FILIP's does, the mean of its tokens. */
function pictureVectors(
  { model, objective }: ObservedRun,
  set: ObservedRun['data']['test'],
  indices: readonly number[],
): EncodedRows {
  if (objective.trains?.('visual.proj') ?? true) return embedPictures(model, set, indices);
  const meanPatch = (images: tf.Tensor4D) =>
    unitLength(tf.mean(patchEmbeddings(model, imageFeatures(model, images)), 1)) as tf.Tensor2D;
  return embedPictures(model, set, indices, (images) => ({ first: meanPatch(images) }));
}
