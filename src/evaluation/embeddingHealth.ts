import { type Embeddings, forEachScoreRow, normaliseRows, rowCosines } from './embeddings';

/** Numbers that tell embeddings that spread over their space from those that collapsed; of rows of unit length. */
export interface EmbeddingHealth {
  /** See `spread`: 0 collapsed, near 1 healthy. */
  spread: number;
  /** See `uniformity`: 0 collapsed, lower is more uniform. */
  uniformity: number;
  /** See `effectiveRank`: 1 collapsed, at most the width. */
  effectiveRank: number;
}

/** All three. @throws with fewer than two rows, or where a row is all zeros. */
export function embeddingHealth(embeddings: Embeddings): EmbeddingHealth {
  return {
    spread: spread(embeddings),
    uniformity: uniformity(embeddings),
    effectiveRank: effectiveRank(embeddings),
  };
}

/**
 * The standard deviation of each dimension over all rows, rows at unit length, the mean over dimensions, relative to
 * 1/√width (Chen and He 2021, SimSiam's figure 2): 1 where rows point everywhere, 0 where all are the same. The divisor is
 * the number of rows, so that it never passes 1. It depends on the axes: rows on one line through the origin along an axis
 * score 1/√width, on a diagonal up to 1, which `effectiveRank` tells apart.
 *
 * @throws as `embeddingHealth`
 */
export function spread(embeddings: Embeddings): number {
  const { values, rows, width } = unitRows(embeddings);
  let sum = 0;
  for (let column = 0; column < width; column++) {
    let mean = 0;
    for (let i = column; i < values.length; i += width) mean += values[i] / rows;
    let variance = 0;
    for (let i = column; i < values.length; i += width) variance += (values[i] - mean) ** 2 / rows;
    sum += Math.sqrt(variance);
  }
  return sum / Math.sqrt(width);
}

/** t of the kernel exp(−t·‖x − y‖²), as Wang and Isola have it. */
const KERNEL_SHARPNESS = 2;

/**
 * The logarithm of the mean of exp(−2·‖x − y‖²) over all pairs of different rows at unit length (Wang and Isola 2020,
 * Eq. 2): 0 where all rows are the same; about −4 + 8/width on the whole sphere of many dimensions.
 *
 * @throws as `embeddingHealth`
 */
export function uniformity(embeddings: Embeddings): number {
  const unit = unitRows(embeddings);
  let sum = 0;
  forEachScoreRow(unit, unit, (row, cosines) => {
    for (let other = 0; other < row; other++) {
      sum += Math.exp(-KERNEL_SHARPNESS * squaredDistance(cosines[other]));
    }
  });
  return Math.log(sum / ((unit.rows * (unit.rows - 1)) / 2));
}

/**
 * The mean of ‖x − y‖² over pairs that belong together, rows at unit length (Wang and Isola 2020, Eq. 1, α = 2): 0 where
 * each equals its partner, 2 where they are strangers, 4 opposite.
 *
 * @param b the partners of `a`, row by row
 * @throws where the two differ in shape, there is no row, or a row is all zeros
 */
export function alignment(a: Embeddings, b: Embeddings): number {
  const cosines = rowCosines(unitRows(a, 1), unitRows(b, 1));
  return cosines.reduce((sum, cosine) => sum + squaredDistance(cosine), 0) / cosines.length;
}

/**
 * exp of the entropy of the singular values' shares of their sum (Roy and Vetterli 2007; Garrido et al. 2023 call it
 * RankMe), of rows at unit length, not centred: how many dimensions are in use, from 1 to the width or the number of rows,
 * whichever is less.
 *
 * @throws as `embeddingHealth`
 */
export function effectiveRank(embeddings: Embeddings): number {
  const unit = unitRows(embeddings);
  const squares = eigenvalues(gram(unit), unit.width);
  const rounding = unit.width * Number.EPSILON * Math.max(...squares);
  const singular = [...squares].filter((square) => square > rounding).map(Math.sqrt);
  const sum = singular.reduce((a, b) => a + b);
  return Math.exp(-singular.reduce((entropy, value) => entropy + (value / sum) * Math.log(value / sum), 0));
}

/** ‖x − y‖² of unit vectors; rounding may not make it negative. */
function squaredDistance(cosine: number): number {
  return Math.max(0, 2 - 2 * cosine);
}

/** Rows at unit length. @throws with fewer rows than needed, or where a row has no direction. */
function unitRows(embeddings: Embeddings, needed = 2): Embeddings {
  const { rows, width } = embeddings;
  if (rows < needed) {
    throw new Error(`Expected ${needed} or more embeddings, got ${rows}: one alone says nothing of a set.`);
  }
  const unit = normaliseRows(embeddings);
  for (let row = 0; row < rows; row++) {
    if (unit.values.subarray(row * width, (row + 1) * width).some((value) => value !== 0)) continue;
    throw new Error(
      `Expected embeddings with a direction, but row ${row} is all zeros: check the model's weights.`,
    );
  }
  return unit;
}

/** XᵀX in doubles, `[width, width]`. */
function gram({ values, rows, width }: Embeddings): Float64Array {
  const products = new Float64Array(width * width);
  for (let row = 0; row < rows; row++) {
    const x = values.subarray(row * width, (row + 1) * width);
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) products[i * width + j] += x[i] * x[j];
    }
  }
  return products;
}

/** Far more than any matrix needs: about six make 64 × 64 diagonal to the last digit. */
const MOST_SWEEPS = 30;

/** Of a symmetric matrix `[size, size]`, in no order, by Jacobi's rotations (Golub and Van Loan 2013, 8.5); overwrites it. */
function eigenvalues(matrix: Float64Array, size: number): Float64Array {
  const whole = matrix.reduce((sum, entry) => sum + entry * entry, 0);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let outside = 0; // half the squares off the diagonal
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        outside += matrix[p * size + q] ** 2;
        rotate(matrix, size, p, q);
      }
    }
    if (outside <= Number.EPSILON ** 2 * whole) break;
  }
  return Float64Array.from({ length: size }, (_, i) => matrix[i * size + i]);
}

/** Turns rows and columns p and q so that their common entry becomes 0. */
function rotate(matrix: Float64Array, size: number, p: number, q: number): void {
  const common = matrix[p * size + q];
  if (common === 0) return;
  const half = (matrix[q * size + q] - matrix[p * size + p]) / (2 * common);
  const tangent = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.hypot(half, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;
  for (let k = 0; k < size; k++) {
    const [a, b] = [matrix[k * size + p], matrix[k * size + q]];
    matrix[k * size + p] = cosine * a - sine * b;
    matrix[k * size + q] = sine * a + cosine * b;
  }
  for (let k = 0; k < size; k++) {
    const [a, b] = [matrix[p * size + k], matrix[q * size + k]];
    matrix[p * size + k] = cosine * a - sine * b;
    matrix[q * size + k] = sine * a + cosine * b;
  }
}
