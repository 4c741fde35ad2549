import * as tf from '@tensorflow/tfjs-core';
import type { TokenBatch } from '../models';
import type { Parameters } from '../nn';
import type { Embeddings, TrainingBatch } from './objectives';

/** What a step's gradient is made of. */
export interface GradientProblem {
  batch: TrainingBatch;
  /** Embeds a batch; the number tells parts of one batch apart and fixes what is drawn for each. */
  encode(batch: TrainingBatch, part?: number): Embeddings;
  /** Called once. */
  lossOf(embeddings: Embeddings): tf.Scalar;
  /** What gradients are wanted of. */
  parameters: Parameters;
}

/** The caller disposes them. */
export interface LossAndGradients {
  loss: tf.Scalar;
  gradients: Map<string, tf.Tensor>;
}

/** Loss and gradients of a batch in one pass: all activations are in memory at the same time. */
export function wholeGradients({ batch, encode, lossOf, parameters }: GradientProblem): LossAndGradients {
  const { value, grads } = tf.variableGrads(() => lossOf(encode(batch)), [...parameters.values()]);
  const gradients = new Map([...parameters].map(([name, variable]) => [name, grads[variable.name]]));
  return { loss: value, gradients };
}

/**
 * The same numbers with the activations of one chunk in memory at a time (GradCache; Gao et al. 2021, "Scaling Deep
 * Contrastive Learning Batch Size under Memory Limited Setup"), for a third more time: every chunk is embedded
 * without a gradient, the loss of all embeddings is taken once with its gradient, and then every chunk is embedded again
 * and the gradient of its embeddings pushed through.
 *
 * The chain rule makes this exact where a pair's embeddings depend on that pair alone; batch norm in a tower is not such a
 * case, batch norm in the loss is.
 *
 * @param chunk pairs embedded at a time; the last chunk takes what is left
 */
export function cachedGradients(problem: GradientProblem, chunk: number): LossAndGradients {
  const { batch, encode, lossOf, parameters } = problem;
  const variables = [...parameters.values()];
  const starts = Array.from({ length: Math.ceil(batch.keys.length / chunk) }, (_, part) => part * chunk);
  const encodePart = (part: number) => encode(slicePairs(batch, starts[part], chunk), part);

  const { loss, sums } = tf.tidy(() => {
    const embeddings = joinRows(starts.map((_, part) => tf.tidy(() => encodePart(part))));
    const rows = Object.values(embeddings);
    const { value, gradients } = gradientsOf(() => lossOf(embeddings), [...rows, ...variables]);
    const cached = Object.keys(embeddings).flatMap((name, i) => {
      const gradient = gradients[i];
      return gradient ? [{ name, gradient }] : [];
    });
    let sums = gradients.slice(rows.length);
    for (const [part, start] of starts.entries()) {
      const before = sums;
      sums = tf.tidy(() => {
        const surrogate = () => product(encodePart(part), cached, start);
        return addAll(before, gradientsOf(surrogate, variables).gradients);
      });
      tf.dispose(before);
    }
    return { loss: value, sums };
  });
  return { loss, gradients: new Map([...parameters.keys()].map((name, i) => [name, sums[i]!])) };
}

/** The embeddings of a chunk times the gradients of their rows, a scalar: its gradients are the chunk's share. */
function product(
  chunk: Embeddings,
  cached: { name: string; gradient: tf.Tensor }[],
  start: number,
): tf.Scalar {
  const terms = cached.map(({ name, gradient }) =>
    tf.sum(tf.mul(chunk[name], tf.slice(gradient, [start], [chunk[name].shape[0]]))),
  );
  return tf.addN(terms) as tf.Scalar;
}

/**
 * The heads of auxiliary parts may have batch norm: an objective applies them to the whole batch, in `lossOf`.
 *
 * @throws Error where a model's towers have batch norm, so that embeddings depend on the whole batch
 */
export function checkChunks(parameters: Parameters): void {
  const norm = [...parameters.keys()].find(
    (name) => name.endsWith('running_mean') && !name.startsWith('auxiliary.'),
  );
  if (!norm) return;
  throw new Error(
    `Expected a model whose pairs are embedded one by one for a recipe with "chunk", but "${norm}" belongs to a ` +
      'batch norm, which looks at the whole batch; leave "chunk" out.',
  );
}

/** Undefined where the value does not depend on the input. */
type Gradients = (tf.Tensor | undefined)[];

/** `tf.grads` that lets inputs be without influence. */
function gradientsOf(
  value: () => tf.Scalar,
  inputs: tf.Tensor[],
): { value: tf.Scalar; gradients: Gradients } {
  const { value: computed, grads } = tf.engine().gradients(value, inputs, undefined, true);
  return { value: computed, gradients: grads };
}

/** Sums in tensors of their own. */
function addAll(left: Gradients, right: Gradients): Gradients {
  return left.map((a, i) => {
    const b = right[i];
    if (a && b) return tf.add(a, b);
    const either = a ?? b;
    return either && tf.clone(either);
  });
}

/** Up to `count` pairs of a batch, from `start` on. */
function slicePairs(batch: TrainingBatch, start: number, count: number): TrainingBatch {
  return {
    ...sliceTexts(batch, start, count),
    images: sliceRows(batch.images, start, count),
    views: batch.views?.map(({ images, augmentation }) => ({
      images: sliceRows(images, start, count),
      augmentation: sliceRows(augmentation, start, count),
    })),
  };
}

/** The same of all that is no picture. */
export function sliceTexts(
  { keys, texts, captions, edited, masked }: Omit<TrainingBatch, 'images' | 'views'>,
  start: number,
  count: number,
): Omit<TrainingBatch, 'images' | 'views'> {
  const end = Math.min(start + count, keys.length);
  const sliceEach = (values: Int32Array, width: number) => values.subarray(start * width, end * width);
  const sliceTokens = ({ ids, lengths }: TokenBatch) => ({
    ids: sliceEach(ids, ids.length / lengths.length),
    lengths: sliceEach(lengths, 1),
  });
  return {
    keys: keys.slice(start, end),
    texts: sliceTokens(texts),
    captions: captions && sliceTokens(captions),
    edited: edited && sliceTokens(edited),
    masked: masked && {
      ...sliceTokens(masked),
      labels: sliceEach(masked.labels, masked.labels.length / masked.lengths.length),
    },
  };
}

const sliceRows = <T extends tf.Tensor>(rows: T, start: number, count: number) =>
  tf.slice(rows, [start], [Math.min(count, rows.shape[0] - start)]) as T;

function joinRows(parts: Embeddings[]): Embeddings {
  const names = Object.keys(parts[0]);
  return Object.fromEntries(names.map((name) => [name, tf.concat(parts.map((part) => part[name]))]));
}
