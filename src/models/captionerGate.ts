import * as tf from '@tensorflow/tfjs-core';
import { linearLayer, type Scope } from '../nn';

/**
 * Concepts as tokens: the mean of the embeddings of the pieces a name falls apart into, from the table that captions
 * share.
 *
 * @param table `[vocabSize, width]`
 * @param concepts for each picture the token ids of each of its concepts; as many concepts for each
 * @returns `[batch, concepts, width]`
 * @throws when pictures have different numbers of concepts, or none
 */
export function conceptEmbeddings(
  table: tf.Tensor,
  concepts: readonly (readonly (readonly number[])[])[],
): tf.Tensor3D {
  const count = concepts[0]?.length ?? 0;
  if (count === 0 || concepts.some((own) => own.length !== count)) {
    throw new Error(
      `Expected as many concepts for every picture, but got ${concepts.map((own) => own.length).join(', ')}; retrieve ` +
        'the same number for all.',
    );
  }
  const names = concepts.flat();
  const longest = Math.max(1, ...names.map((pieces) => pieces.length));
  const ids = new Int32Array(names.length * longest);
  const shares = new Float32Array(names.length * longest);
  names.forEach((pieces, name) => {
    ids.set(pieces, name * longest);
    shares.fill(1 / pieces.length, name * longest, name * longest + pieces.length);
  });
  const width = table.shape[1]!;
  const pieces = tf.reshape(tf.gather(table, tf.tensor1d(ids, 'int32')), [names.length, longest, width]);
  const weighted = tf.mul(pieces, tf.tensor3d(shares, [names.length, longest, 1]));
  return tf.reshape(tf.sum(weighted, 1), [concepts.length, count, width]);
}

/**
 * LightCap's cross-modal modulator: w = σ(W₂ relu(W₁ e)) opens and closes the grid's channels, the same in every cell. e is
 * the mean of the concepts' embeddings; how the paper makes one vector of several concepts could not be read.
 *
 * @param grid `[batch, cells, gridWidth]`
 * @param concepts `[batch, concepts, width]`
 * @param scope holds `w1.weight` [hidden, width] and `w2.weight` [gridWidth, hidden], no biases
 */
export function gateGrid(grid: tf.Tensor3D, concepts: tf.Tensor3D, scope: Scope): tf.Tensor3D {
  const gate = channelGate(tf.mean(concepts, 1) as tf.Tensor2D, scope);
  return tf.mul(grid, tf.expandDims(gate, 1));
}

/** σ(W₂ relu(W₁ e)). `[batch, width]` → `[batch, gridWidth]`, in (0, 1) */
export function channelGate(e: tf.Tensor2D, scope: Scope): tf.Tensor2D {
  const hidden = tf.relu(linearLayer(e, scope, 'w1', false));
  return tf.sigmoid(linearLayer(hidden, scope, 'w2', false)) as tf.Tensor2D;
}
