import * as tf from '@tensorflow/tfjs-core';
import { stopGradient, withoutGradient } from '../engine';
import { joinBlocks, type RowBlocks, randomUnitRows, takeRows, toBlocks, withRows } from './queueRows';
import { createResidentRows } from './residentRows';

export interface TextQueueOptions {
  /** How many rows it holds; 0 for none. Published: 65,536. */
  size: number;
  /** Numbers in a row. */
  width: number;
  seed: number;
}

/** A queue's contents at one moment. It costs nothing until its rows are asked for. JSON has them in base 64. */
export interface TextQueueState {
  /** Where the next batch goes. */
  pointer: number;
  /** `[size, width]`, a copy. */
  readonly rows: Float32Array;
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
  /** Later pushes leave it alone. */
  getState(): TextQueueState;
  /** @param state null for the queue as it was when new */
  setState(state: TextQueueState | StoredTextQueue | null): void;
  /** Frees what it holds in the engine; it can be used afterwards. */
  dispose(): void;
}

/**
 * DeCLIP's first-in-first-out queue of text embeddings (`NNMemoryBankModule` of its official code). It begins with random
 * unit vectors. A batch that reaches the end fills it, what is left of the batch is dropped, and the next one begins at
 * the front.
 *
 * Its rows are kept twice: as they were pushed, outside the engine, and at unit length within, where they are searched. The
 * latter are brought up to date before a search, and the caller disposes them.
 */
export function createTextQueue({ size, width, seed }: TextQueueOptions): TextQueue {
  let pointer = 0;
  let drawn: RowBlocks | undefined;
  const rows = () => {
    drawn ??= toBlocks(randomUnitRows(size, width, seed), width);
    return drawn;
  };
  const resident = createResidentRows(width);
  return {
    push: (batch) => {
      checkWidth(batch, width);
      const [count] = batch.shape;
      const fitting = Math.min(count, size - pointer);
      const pushed = (batch.dataSync() as Float32Array).subarray(0, fitting * width);
      drawn = withRows(rows(), width, pointer, pushed);
      pointer = pointer + count >= size ? 0 : pointer + count;
    },
    nearest: (queries) => {
      checkWidth(queries, width);
      if (size === 0) return stopGradient(queries);
      return withoutGradient(() => {
        const places = nearestPlaces(queries, resident.of(rows()));
        return tf.tensor2d(takeRows(rows(), width, places), [places.length, width]);
      });
    },
    getState: () => stateOf(pointer, rows()),
    setState: (state) => {
      drawn = state ? toBlocks(restoredRows(state, size * width), width) : undefined;
      pointer = state?.pointer ?? 0;
    },
    dispose: resident.dispose,
  };
}

/** The places of the unit rows whose cosine with each query is highest. */
function nearestPlaces(queries: tf.Tensor2D, unitRows: tf.Tensor2D): Int32Array {
  return tf.tidy(() => {
    const cosines = tf.matMul(queries, unitRows, false, true); // times the length of each query
    return tf.argMax(cosines, 1).dataSync<'int32'>();
  });
}

function stateOf(pointer: number, blocks: RowBlocks): TextQueueState {
  return {
    pointer,
    get rows() {
      return joinBlocks(blocks);
    },
    toJSON() {
      return { pointer, rows: Buffer.from(this.rows.buffer).toString('base64') };
    },
  };
}

function restoredRows({ rows }: TextQueueState | StoredTextQueue, expected: number): Float32Array {
  const restored =
    typeof rows === 'string' ? new Float32Array(Uint8Array.from(Buffer.from(rows, 'base64')).buffer) : rows;
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
