import * as tf from '@tensorflow/tfjs-core';
import { createRandom, stopGradient, withoutGradient } from '../engine';
import { unitLength } from '../nn';

export interface TextQueueOptions {
  /** How many rows it holds; 0 for none. Published: 65,536. */
  size: number;
  /** Numbers in a row. */
  width: number;
  seed: number;
}

/** A queue's contents at one moment. JSON has the rows in base 64. */
export interface TextQueueState {
  /** Where the next batch goes. */
  pointer: number;
  /** `[size, width]` */
  rows: Float32Array;
  toJSON(): StoredTextQueue;
}

/** `TextQueueState` after a round trip through JSON. */
export interface StoredTextQueue {
  pointer: number;
  rows: string;
}

/** Embeddings of texts seen lately, where a text looks for its nearest neighbour. */
export interface TextQueue {
  /** Puts unit rows in the place of the oldest ones, `[batch, width]`. */
  push(rows: tf.Tensor2D): void;
  /** For each row the one of highest cosine in the queue, as a constant; the rows themselves where the size is 0. */
  nearest(rows: tf.Tensor2D): tf.Tensor2D;
  /** A copy, which later pushes leave alone. */
  getState(): TextQueueState;
  /** @param state null for the queue as it was when new */
  setState(state: TextQueueState | StoredTextQueue | null): void;
}

/**
 * DeCLIP's first-in-first-out queue of text embeddings (`NNMemoryBankModule` of its official code). It begins with random
 * unit vectors. A batch that reaches the end fills it, what is left of the batch is dropped, and the next one begins at
 * the front.
 *
 * Rows live outside the engine, so that a queue needs no disposing.
 */
export function createTextQueue({ size, width, seed }: TextQueueOptions): TextQueue {
  let [pointer, rows] = [0, randomUnitRows(size, width, seed)];
  return {
    push: (batch) => {
      checkWidth(batch, width);
      const [count] = batch.shape;
      const fitting = Math.min(count, size - pointer);
      rows.set((batch.dataSync() as Float32Array).subarray(0, fitting * width), pointer * width);
      pointer = pointer + count >= size ? 0 : pointer + count;
    },
    nearest: (queries) => {
      checkWidth(queries, width);
      if (size === 0) return stopGradient(queries);
      return withoutGradient(() => nearestRows(queries, rows, [size, width]));
    },
    getState: () => stateOf(pointer, rows.slice()),
    setState: (state) => {
      [pointer, rows] = state
        ? [state.pointer, restoredRows(state, size * width)]
        : [0, randomUnitRows(size, width, seed)];
    },
  };
}

/** Rows of `stored` whose cosine with each query is highest. */
function nearestRows(queries: tf.Tensor2D, stored: Float32Array, shape: [number, number]): tf.Tensor2D {
  return tf.tidy(() => {
    const rows = tf.tensor2d(stored, shape);
    const cosines = tf.matMul(queries, unitLength(rows), false, true); // times the length of each query
    return tf.gather(rows, tf.argMax(cosines, 1));
  });
}

function randomUnitRows(size: number, width: number, seed: number): Float32Array {
  const random = createRandom(seed).fork('text queue');
  const rows = new Float32Array(size * width);
  for (let i = 0; i < rows.length; i++) rows[i] = random.normal();
  for (let begin = 0; begin < rows.length; begin += width) {
    const row = rows.subarray(begin, begin + width);
    const length = Math.hypot(...row);
    row.set(row.map((value) => value / length));
  }
  return rows;
}

function stateOf(pointer: number, rows: Float32Array): TextQueueState {
  const bytes = Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength);
  return { pointer, rows, toJSON: () => ({ pointer, rows: bytes.toString('base64') }) };
}

/** A copy. */
function restoredRows({ rows }: TextQueueState | StoredTextQueue, expected: number): Float32Array {
  const restored =
    typeof rows === 'string'
      ? new Float32Array(Uint8Array.from(Buffer.from(rows, 'base64')).buffer)
      : rows.slice();
  if (restored.length !== expected) {
    throw new Error(
      `Expected the state of a text queue of ${expected} numbers, got ${restored.length}; restore it with the size and ` +
        'width it was saved with.',
    );
  }
  return restored;
}

function checkWidth({ shape }: tf.Tensor2D, width: number): void {
  if (shape[1] === width) return;
  throw new Error(
    `Expected rows of ${width} numbers for the text queue, got ${shape[1]}; make it as wide as the embeddings.`,
  );
}
