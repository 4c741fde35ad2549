import type { Embeddings } from './embeddings';
import type { DifferentiableFunction } from './lbfgs';
import { invert } from './matrices';
import { type Operand, operandInDoubles, operandOnEngine } from './operand';

/** Who makes the products, and what its numbers allow. */
interface Precision {
  operandOf: (values: Float64Array, rows: number, columns: number) => Operand;
  /** Added to the Hessian's diagonal, as a share of its largest entry: what rounding may have made of a zero. */
  ridge: number;
  /** The mean loss is no more precise than this, in nats. */
  tolerance: number;
}

const DOUBLES: Precision = { operandOf: operandInDoubles, ridge: 1e-9, tolerance: 0 };
const ENGINE: Precision = { operandOf: operandOnEngine, ridge: 1e-6, tolerance: 1e-7 };

/** From so many multiplications for one product on, the engine makes them: about 30 ms of one core in doubles. */
const ENGINE_PRODUCT = 5e7;

/** Examples laid out for many passes. Dispose of `examples` at the end. */
export interface Design extends Precision {
  /** `[rows, columns]`: the features minus their means, a column of ones, and zeros up to even sizes. */
  examples: Operand;
  /** The number of examples, rounded up to a multiple of 4. */
  rows: number;
  /** The number of features and the ones, rounded up to a multiple of 4. */
  columns: number;
  /** The number of features; the column of ones is the next one. */
  width: number;
  means: Float64Array;
  /** The class of each example; their number is that of the examples. */
  labels: Int32Array;
}

/**
 * Centres the features: an unpenalised intercept makes up for it, so the minimum stays where it is, and is found much
 * faster where the features of all pictures point roughly the same way, as those of CLIP do.
 *
 * Small designs are multiplied in doubles on one thread, the same on every backend; large ones in float32 by the engine.
 */
export function designOf(
  { values, rows, width }: Embeddings,
  labels: ArrayLike<number>,
  classes: number,
): Design {
  const means = new Float64Array(width);
  values.forEach((value, i) => {
    means[i % width] += value / rows;
  });
  const [paddedRows, columns] = [toMultipleOfFour(rows), toMultipleOfFour(width + 1)];
  const padded = new Float64Array(paddedRows * columns);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) padded[row * columns + i] = values[row * width + i] - means[i];
    padded[row * columns + width] = 1;
  }
  const precision = rows * width * classes < ENGINE_PRODUCT ? DOUBLES : ENGINE;
  const examples = precision.operandOf(padded, paddedRows, columns);
  return {
    ...precision,
    examples,
    rows: paddedRows,
    columns,
    width,
    means,
    labels: Int32Array.from(labels),
  };
}

function toMultipleOfFour(size: number): number {
  return 4 * Math.ceil(size / 4);
}

/**
 * The mean log-loss of softmax regression with an L2 penalty on all weights but the intercepts, as a function of the
 * weights `[columns, classes]`: scikit-learn's objective for `C = 1 / strength`, divided by the number of examples.
 */
export function penalisedLoss(design: Design, classes: number, strength: number): DifferentiableFunction {
  const { examples, rows, width, labels } = design;
  const scores = new Float64Array(rows * classes);
  return (weights, gradient) => {
    examples.multiply(scores, weights);
    let loss = turnIntoResiduals(scores, labels, classes);
    examples.multiplyTransposed(gradient, scores);
    for (let i = 0; i < width * classes; i++) {
      loss += (strength / 2) * weights[i] ** 2;
      gradient[i] += strength * weights[i];
    }
    for (let i = 0; i < gradient.length; i++) gradient[i] /= labels.length;
    return loss / labels.length;
  };
}

/** Scores become probabilities minus the truth; rows beyond the labels become zeros. Returns the summed log-loss. */
function turnIntoResiduals(scores: Float64Array, labels: Int32Array, classes: number): number {
  let loss = 0;
  for (let row = 0; row < labels.length; row++) {
    const start = row * classes;
    const truth = start + labels[row];
    const trueScore = scores[truth];
    const logSum = softmaxInPlace(scores, start, classes);
    loss += logSum - trueScore;
    scores[truth] -= 1;
  }
  scores.fill(0, labels.length * classes);
  return loss;
}

/** Turns the scores from `start` on into probabilities and returns the logarithm of their exponentials' sum. */
export function softmaxInPlace(scores: Float64Array, start: number, classes: number): number {
  const end = start + classes;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i++) if (scores[i] > highest) highest = scores[i];
  let sum = 0;
  for (let i = start; i < end; i++) {
    scores[i] = Math.exp(scores[i] - highest);
    sum += scores[i];
  }
  for (let i = start; i < end; i++) scores[i] /= sum;
  return highest + Math.log(sum);
}

/**
 * Multiplies by the inverse of the Hessian that the loss has at its start, where all classes are equally likely:
 * `(XᵀX / classes + strength) / examples`, one class like another. It knows how the features vary together, which a
 * quasi-Newton method alone takes hundreds of steps to learn. Dispose of it at the end.
 */
export function inverseStartHessian(
  { examples, operandOf, ridge: share, columns, width, labels }: Design,
  classes: number,
  strength: number,
): Operand {
  const hessian = examples.square();
  const diagonal = Array.from({ length: columns }, (_, i) => hessian[i * columns + i]);
  // For constant features, for the zeros that fill up, and for what rounding left of the smallest directions.
  const ridge = share * Math.max(...diagonal);
  for (let i = 0; i < columns; i++) {
    hessian[i * columns + i] += ridge + (i < width ? classes * strength : 0);
  }
  invert(hessian, columns);
  for (let i = 0; i < hessian.length; i++) hessian[i] *= classes * labels.length;
  return operandOf(hessian, columns, columns);
}
