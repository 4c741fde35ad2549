import * as tf from '@tensorflow/tfjs-core';

/** Processes that work on one batch, each on rows of its own, as `src/distributed` connects them. */
export interface Ranks {
  /** Which one this is, from 0. */
  readonly rank: number;
  readonly size: number;
  /** Sums over ranks, in place; every rank calls with as many numbers. */
  sumInPlace(values: Float32Array): void;
  /** The numbers of all ranks, one rank's behind the other's. */
  gather(values: Float32Array): Float32Array;
}

let current: Ranks | null = null;

/** Runs `compute` with batch norms that look at the rows of all ranks; null: at their own. */
export function withRanks<Result>(ranks: Ranks | null, compute: () => Result): Result {
  const before = current;
  current = ranks;
  try {
    return compute();
  } finally {
    current = before;
  }
}

/** What `withRanks` says of the code that runs now; null where this process is alone. */
export function currentRanks(): Ranks | null {
  return current && current.size > 1 ? current : null;
}

/** The mean over ranks of what each has computed of as many rows; its gradient is the mean of theirs. */
export function meanOverRanks<T extends tf.Tensor>(x: T, ranks: Ranks): T {
  const mean = tf.customGrad((...args) => {
    const [x] = args as unknown as [tf.Tensor];
    const all = (value: tf.Tensor) => tf.div(sumOf(value, ranks), ranks.size);
    return { value: all(x), gradFunc: all };
  });
  return mean(x) as T;
}

/**
 * The rows of all ranks. Each rank must go on with them to a share of the loss; the shares are added up, and a rank gets
 * the gradient of its own rows.
 *
 * @param shares how the loss is shared out. `equal`: each computes the whole loss and takes an equal part of it, so that its
 *   own gradient says everything; `different`: what the ranks compute is summed up, and so are their gradients
 * @param rows `[rows, …]`, as many on every rank; float32 or int32
 * @returns `[size · rows, …]`
 */
export function rowsOfAllRanks<T extends tf.Tensor>(rows: T, ranks: Ranks, shares: 'equal' | 'different'): T {
  const [count, ...shape] = rows.shape;
  const gathered = (x: tf.Tensor) => {
    const values = ranks.gather(new Float32Array(x.dataSync()));
    return tf.tensor(values, [count * ranks.size, ...shape], x.dtype as 'float32' | 'int32');
  };
  if (rows.dtype !== 'float32') return gathered(rows) as T;
  const gather = tf.customGrad((...args) => {
    const [x] = args as unknown as [tf.Tensor];
    return {
      value: gathered(x),
      gradFunc: (dy: tf.Tensor) => {
        const summed = shares === 'equal' ? tf.mul(dy, ranks.size) : sumOf(dy, ranks);
        return tf.slice(summed, [ranks.rank * count], [count]);
      },
    };
  });
  return gather(rows) as T;
}

/** The sum over ranks, without a gradient. */
export function sumOf<T extends tf.Tensor>(x: T, ranks: Ranks): T {
  const values = new Float32Array(x.dataSync());
  ranks.sumInPlace(values);
  return tf.tensor(values, x.shape) as T;
}
