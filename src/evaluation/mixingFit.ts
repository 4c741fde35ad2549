import { curveAt, curveSlope, type MixingCurve } from './mixingCurve';
import type { MixingPoint } from './mixingLaw';

/** Where the bend is fixed, the best u and v of u + v·ψ in closed form, and what they leave. */
export interface LinearFit {
  u: number;
  v: number;
  residuals: number[];
  /** Σ weight · residual². */
  loss: number;
}

/** A bend |t|·(high − low) below this is none. */
export const STRAIGHT = 1e-5;
/** The steepest bend tried does all but exp(−20) of its change before the next share. */
const STEEPEST = 20;
const GRID = 160;

/** Weighted least squares of u + v·ψ for one curve. */
export function fitGiven(curve: MixingCurve, points: readonly MixingPoint[]): LinearFit {
  const bends = points.map(({ share }) => curveAt(curve, share));
  const values = points.map(({ value }) => value);
  const [bend, value] = [weightedMean(bends, points), weightedMean(values, points)];
  let [across, along] = [0, 0];
  points.forEach(({ weight = 1 }, i) => {
    across += weight * (bends[i] - bend) * (values[i] - value);
    along += weight * (bends[i] - bend) ** 2;
  });
  const v = across / along;
  const u = value - v * bend;
  const residuals = values.map((own, i) => own - u - v * bends[i]);
  const loss = points.reduce((sum, { weight = 1 }, i) => sum + weight * residuals[i] ** 2, 0);
  return { u, v, residuals, loss };
}

/**
 * The curve with the smallest loss: the best of a grid over every bend that the shares could show, straight and steep,
 * then bisection on the sign of the loss's slope.
 *
 * @param shares the distinct shares in order.
 */
export function bestCurve(points: readonly MixingPoint[], shares: readonly number[]): MixingCurve {
  const [low, high] = [shares[0], shares.at(-1)!];
  const curve = (t: number) => ({ t: notStraight(t, high - low), low, high });
  const from = Math.asinh(-STEEPEST / (shares[1] - low));
  const to = Math.asinh(STEEPEST / (high - shares.at(-2)!));
  const grid = Array.from({ length: GRID + 1 }, (_, i) => Math.sinh(from + (i / GRID) * (to - from)));

  const losses = grid.map((t) => fitGiven(curve(t), points).loss);
  const best = losses.indexOf(Math.min(...losses));
  let [below, above] = [grid[Math.max(0, best - 1)], grid[Math.min(GRID, best + 1)]];
  for (let i = 0; i < 60; i++) {
    const middle = (below + above) / 2;
    if (lossSlope(curve(middle), points) > 0) above = middle;
    else below = middle;
  }
  return curve((below + above) / 2);
}

/** The sum of values by the points' weights over the sum of the weights. */
export function weightedMean(values: readonly number[], points: readonly MixingPoint[]): number {
  let [sum, weights] = [0, 0];
  points.forEach(({ weight = 1 }, i) => {
    sum += weight * values[i];
    weights += weight;
  });
  return sum / weights;
}

/** The loss's derivative by t with the best u and v for each t, up to a factor 2: those two add nothing at their best. */
function lossSlope(curve: MixingCurve, points: readonly MixingPoint[]): number {
  const { v, residuals } = fitGiven(curve, points);
  return points.reduce(
    (sum, { share, weight = 1 }, i) => sum - weight * residuals[i] * v * curveSlope(curve, share),
    0,
  );
}

function notStraight(t: number, span: number): number {
  const least = STRAIGHT / span;
  if (Math.abs(t) >= least) return t;
  return t < 0 ? -least : least;
}
