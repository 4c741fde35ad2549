import { studentQuantile } from './distributions';
import { dot, inverseGram, quadraticForm } from './leastSquares';
import { curveAt, curveSlope, type MixingCurve, toLaw } from './mixingCurve';
import { bestCurve, fitGiven, STRAIGHT, weightedMean } from './mixingFit';
import type { Interval } from './statistics';

/** What one run measured, a loss or a score, after training with a share of one kind of data. */
export interface MixingPoint {
  /** In [0, 1]. */
  share: number;
  value: number;
  /** 1 / variance of the value, up to a common factor; default 1. */
  weight?: number;
}

/**
 * What the points show:
 * - `curve`: all three parameters.
 * - `line`: no bend that differs from none; t is the smallest that is tried, and c and k are large and cancel.
 * - `step`: the whole change between the last two shares at one end; t could be anything steeper.
 * - `flat`: no change at all; k = t = 0.
 */
export type MixingShape = 'curve' | 'line' | 'step' | 'flat';

/** A fitted law, L(r) = c + k·exp(t·r). */
export interface MixingLaw {
  shape: MixingShape;
  c: number;
  k: number;
  t: number;
  /** Of (c, k, t), in this order; for k and t infinite in a step and where all is flat: there c alone is determined. */
  covariance: number[][];
  /** The standard deviation around the law of a value with weight 1. */
  residualError: number;
  degreesOfFreedom: number;
  /**
   * The law at a share with its t-interval (delta method); without ends where the points do not determine the law. With
   * `measurements`, the interval for the mean of that many new values of weight 1: their scatter is added.
   */
  predict(share: number, options?: PredictOptions): MixingPrediction;
}

export interface PredictOptions {
  /** Default 0.95. */
  level?: number;
  measurements?: number;
}

export interface MixingPrediction extends Interval {
  standardError: number;
}

/** A change of which exp(−14), a millionth, is left at the next share is a step. */
const SHARP = 14;

/**
 * Fits the data mixing law (Ye et al. 2024, arXiv 2403.16952) for one share by weighted least squares. Given t the law is
 * linear in c and k, so that only t is searched (variable projection, Golub and Pereyra 1973): there are no starting
 * values to choose. Parameters and covariance are those of SciPy's `curve_fit`.
 *
 * Points count as independent. Seeds that shift all shares together make the intervals only roughly right.
 *
 * @throws with fewer than four distinct shares, or when a share, value or weight is out of range.
 */
export function fitMixingLaw(points: readonly MixingPoint[]): MixingLaw {
  const shares = distinctShares(points);
  const curve = bestCurve(points, shares);
  const { u, v, loss } = fitGiven(curve, points);
  const shape = shapeOf(curve, shares, v, points);
  if (shape === 'flat') return flatLaw(points);

  const step = shape === 'step';
  const gradient = (share: number) => {
    const ofBend = v * curveSlope(curve, share);
    return step ? [1, curveAt(curve, share)] : [1, curveAt(curve, share), ofBend];
  };
  const weighted = points.map(({ share, weight = 1 }) => gradient(share).map((d) => Math.sqrt(weight) * d));
  const degreesOfFreedom = points.length - 3;
  const variance = loss / degreesOfFreedom;
  const ofFit = inverseGram(weighted).map((row) => row.map((entry) => variance * entry));
  const open = step ? beyondStep(curve, shares) : () => false;
  return {
    shape,
    ...lawOf(curve, u, v, ofFit),
    t: curve.t,
    residualError: Math.sqrt(variance),
    degreesOfFreedom,
    predict: (share, options) =>
      prediction({
        estimate: u + v * curveAt(curve, share),
        ofLaw: open(share) ? Number.POSITIVE_INFINITY : quadraticForm(ofFit, gradient(share)),
        ofValue: variance,
        degreesOfFreedom,
        options,
      }),
  };
}

/** In order. */
function distinctShares(points: readonly MixingPoint[]): number[] {
  for (const { share, value, weight = 1 } of points) {
    if (!(share >= 0 && share <= 1))
      throw new Error(`Expected shares from 0 to 1, got ${share}: divide per cent by 100.`);
    if (!Number.isFinite(value))
      throw new Error(`Expected a finite value at share ${share}, got ${value}: leave that run out.`);
    if (!(weight > 0 && Number.isFinite(weight)))
      throw new Error(`Expected a weight above 0 at share ${share}, got ${weight}: leave that run out.`);
  }
  const shares = [...new Set(points.map(({ share }) => share))].sort((a, b) => a - b);
  if (shares.length < 4) {
    throw new Error(
      `Expected at least 4 distinct shares for a law of 3 parameters, got ${shares.length}: train with more shares.`,
    );
  }
  return shares;
}

function shapeOf(
  { t, low, high }: MixingCurve,
  shares: readonly number[],
  v: number,
  points: readonly MixingPoint[],
): MixingShape {
  const size = Math.max(...points.map(({ value }) => Math.abs(value)));
  if (Math.abs(v) <= 1e-12 * size) return 'flat';
  if (Math.abs(t) * (high - low) < 1.01 * STRAIGHT) return 'line';
  const lastGap = t < 0 ? shares[1] - low : high - shares.at(-2)!;
  return Math.abs(t) * lastGap > SHARP ? 'step' : 'curve';
}

/** c and k, and the covariance of all three parameters, from that of u, v and, except in a step, t. */
function lawOf(curve: MixingCurve, u: number, v: number, ofFit: number[][]) {
  const { c, k, jacobian } = toLaw(curve, u, v);
  const [ofC] = jacobian;
  if (ofFit.length === 2) return { c, k, covariance: onlyOfC(quadraticForm(ofFit, ofC)) };
  const between = (a: number[], b: number[]) =>
    dot(
      ofFit.map((row) => dot(row, b)),
      a,
    );
  return { c, k, covariance: jacobian.map((a) => jacobian.map((b) => between(a, b))) };
}

/** Where only the level is determined. */
function onlyOfC(variance: number): number[][] {
  const open = Number.POSITIVE_INFINITY;
  return [
    [variance, 0, 0],
    [0, open, 0],
    [0, 0, open],
  ];
}

/** Where a law could lie anywhere, because its step is somewhere there: between two shares, and outside of them. */
function beyondStep({ t, low, high }: MixingCurve, shares: readonly number[]): (share: number) => boolean {
  return t < 0
    ? (share) => share !== low && share < shares[1]
    : (share) => share !== high && share > shares.at(-2)!;
}

function flatLaw(points: readonly MixingPoint[]): MixingLaw {
  const values = points.map(({ value }) => value);
  const c = weightedMean(values, points);
  const degreesOfFreedom = points.length - 1;
  const loss = points.reduce((sum, { value, weight = 1 }) => sum + weight * (value - c) ** 2, 0);
  const variance = loss / degreesOfFreedom;
  const ofLaw = variance / points.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return {
    shape: 'flat',
    c,
    k: 0,
    t: 0,
    covariance: onlyOfC(ofLaw),
    residualError: Math.sqrt(variance),
    degreesOfFreedom,
    predict: (_, options) => prediction({ estimate: c, ofLaw, ofValue: variance, degreesOfFreedom, options }),
  };
}

function prediction(input: {
  estimate: number;
  /** Variances of the law and of one new value. */
  ofLaw: number;
  ofValue: number;
  degreesOfFreedom: number;
  options?: PredictOptions;
}): MixingPrediction {
  const { estimate, ofLaw, ofValue, degreesOfFreedom, options = {} } = input;
  const { level = 0.95, measurements = Number.POSITIVE_INFINITY } = options;
  const standardError = Math.sqrt(ofLaw + ofValue / measurements);
  const halfWidth = standardError * studentQuantile((1 + level) / 2, degreesOfFreedom);
  const [low, high] =
    halfWidth === Number.POSITIVE_INFINITY
      ? [-halfWidth, halfWidth]
      : [estimate - halfWidth, estimate + halfWidth];
  return { estimate, low, high, level, standardError };
}
