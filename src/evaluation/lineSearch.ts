/** A point on the search line: step length, value there, slope along the line. */
export interface LinePoint {
  step: number;
  value: number;
  slope: number;
}

/** Sufficient decrease and curvature, as Nocedal and Wright advise for quasi-Newton directions. */
const DECREASE = 1e-4;
const CURVATURE = 0.9;
const LARGEST_STEP = 1e10;
const TRIALS = 30;

/**
 * A step length that meets the strong Wolfe conditions: bracketing, then zooming in with cubic interpolation
 * (Nocedal and Wright, Numerical Optimization, 2nd edition, algorithms 3.5 and 3.6).
 *
 * @param evaluate value and slope at a step length
 * @param origin the point at step 0
 * @param first the step length tried first
 * @returns the point found; null where the line does not lead down, or so little that rounding hides it
 */
export function searchLine(
  evaluate: (step: number) => LinePoint,
  origin: LinePoint,
  first: number,
): LinePoint | null {
  if (!(origin.slope < 0)) return null;
  const rises = (point: LinePoint, best: LinePoint) =>
    !(point.value <= origin.value + DECREASE * point.step * origin.slope) || point.value >= best.value;
  const isFlat = (point: LinePoint) => Math.abs(point.slope) <= -CURVATURE * origin.slope;

  let best = origin;
  let bound: LinePoint | undefined;
  let step = first;
  for (let trial = 0; trial < TRIALS; trial++) {
    const point = evaluate(step);
    if (rises(point, best)) {
      bound = point;
    } else {
      if (isFlat(point)) return point;
      // The minimum lies between this point and the last good one where the slope points back to it.
      if (point.slope * (bound ? bound.step - best.step : 1) >= 0) bound = best;
      best = point;
    }
    if (!bound && step >= LARGEST_STEP) break;
    step = bound ? between(best, bound) : Math.min(LARGEST_STEP, 4 * step);
    if (step === best.step) break;
  }
  return best === origin ? null : best;
}

/** The minimum of the cubic through two points and their slopes, kept inside the middle 80 % of the interval. */
function between(a: LinePoint, b: LinePoint): number {
  const width = b.step - a.step;
  const chord = a.slope + b.slope - (3 * (b.value - a.value)) / width;
  const root = Math.sign(width) * Math.sqrt(chord ** 2 - a.slope * b.slope);
  const minimum = b.step - (width * (b.slope + root - chord)) / (b.slope - a.slope + 2 * root);
  const [low, high] = [a.step + 0.1 * width, a.step + 0.9 * width].sort((x, y) => x - y);
  return Number.isFinite(minimum) ? Math.min(high, Math.max(low, minimum)) : a.step + 0.5 * width;
}
