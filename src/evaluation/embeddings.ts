import * as tf from '@tensorflow/tfjs-core';

/** A matrix of embeddings, one row per picture, text or class. */
export interface Embeddings {
  /** `[rows, width]`, row-major. */
  values: Float32Array;
  rows: number;
  width: number;
}

/**
 * Wraps row-major values as embeddings of the given width.
 *
 * @throws when the length is not a multiple of the width, or a value is not a finite number: one NaN would silently
 * count as a wrong or, worse, a right answer further on.
 */
export function toEmbeddings(values: ArrayLike<number>, width: number): Embeddings {
  if (!Number.isInteger(width) || width < 1 || values.length % width !== 0) {
    throw new Error(
      `Expected rows of ${width} numbers, got ${values.length} numbers: pass the embedding width.`,
    );
  }
  const copy = Float32Array.from(values);
  const broken = copy.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) {
    const row = Math.floor(broken / width);
    throw new Error(
      `Expected finite embeddings, got ${copy[broken]} in row ${row}: check the model's weights.`,
    );
  }
  return { values: copy, rows: copy.length / width, width };
}

/** One embedding matrix out of several of the same width, in order. */
export function concatEmbeddings(parts: readonly Embeddings[]): Embeddings {
  const width = parts[0]?.width ?? 1;
  const odd = parts.find((part) => part.width !== width);
  if (odd)
    throw new Error(`Expected embeddings ${width} wide, got one ${odd.width} wide: use one model for all.`);
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const values = new Float32Array(rows * width);
  let offset = 0;
  for (const part of parts) {
    values.set(part.values, offset);
    offset += part.values.length;
  }
  return { values, rows, width };
}

/** The rows at the given places, in their order. */
export function selectRows({ values, width }: Embeddings, places: readonly number[]): Embeddings {
  const selected = new Float32Array(places.length * width);
  places.forEach((place, row) => {
    selected.set(values.subarray(place * width, (place + 1) * width), row * width);
  });
  return { values: selected, rows: places.length, width };
}

/** The rows scaled to unit length; a row of zeros stays as it is. */
export function normaliseRows({ values, rows, width }: Embeddings): Embeddings {
  const unit = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const start = row * width;
    let squares = 0;
    for (let i = start; i < start + width; i++) squares += values[i] ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let i = start; i < start + width; i++) unit[i] = values[i] * scale;
  }
  return { values: unit, rows, width };
}

/**
 * Calls `visit(row, scores)` for every row of `a` with its dot products with all rows of `b` (`scores` is
 * `[b.rows]`, valid during the call only). Products are computed in blocks on the engine's backend, so that a
 * 5,000 × 25,000 similarity matrix never has to exist as a whole.
 *
 * @throws when the two widths differ.
 */
export function forEachScoreRow(
  a: Embeddings,
  b: Embeddings,
  visit: (row: number, scores: Float32Array) => void,
): void {
  if (a.width !== b.width) {
    throw new Error(
      `Expected embeddings of one width, got ${a.width} and ${b.width}: use one model for both.`,
    );
  }
  const blockRows = Math.max(1, Math.floor(8e6 / Math.max(1, b.rows)));
  const right = tf.tensor2d(b.values, [b.rows, b.width]);
  try {
    for (let start = 0; start < a.rows; start += blockRows) {
      const count = Math.min(blockRows, a.rows - start);
      const products = tf.tidy(() => {
        const block = a.values.subarray(start * a.width, (start + count) * a.width);
        return tf.matMul(tf.tensor2d(block, [count, a.width]), right, false, true); // [count, b.rows]
      });
      const scores = products.dataSync() as Float32Array; // not in the tidy, which looks at every entry of an array
      products.dispose();
      for (let i = 0; i < count; i++) visit(start + i, scores.subarray(i * b.rows, (i + 1) * b.rows));
    }
  } finally {
    right.dispose();
  }
}

/**
 * The cosines of every row of `a` with every row of `b`, for matrices small enough to look at.
 *
 * @returns `[a.rows][b.rows]`
 * @throws when the two widths differ.
 */
export function cosines(a: Embeddings, b: Embeddings): number[][] {
  const rows: number[][] = [];
  forEachScoreRow(normaliseRows(a), normaliseRows(b), (_, scores) => rows.push([...scores]));
  return rows;
}

/**
 * The cosine of each row of `a` with the same row of `b`.
 *
 * @returns `[rows]`
 * @throws when the two differ in shape
 */
export function rowCosines(a: Embeddings, b: Embeddings): number[] {
  if (a.rows !== b.rows || a.width !== b.width) {
    throw new Error(
      `Expected embeddings of one shape, got ${a.rows}×${a.width} and ${b.rows}×${b.width}: pass pairs of rows.`,
    );
  }
  const [left, right] = [normaliseRows(a), normaliseRows(b)];
  return Array.from({ length: a.rows }, (_, row) => {
    let sum = 0;
    for (let i = row * a.width; i < (row + 1) * a.width; i++) sum += left.values[i] * right.values[i];
    return sum;
  });
}
