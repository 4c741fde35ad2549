import { type LinePoint, searchLine } from './lineSearch';

/** Returns the value at `x` and writes its gradient to `gradient`. */
export type DifferentiableFunction = (x: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  /**
   * Stops where the value can be expected to fall by no more than this: half the slope along the next direction, exact
   * for a quadratic function and its Hessian, and the same whatever units the variables have. Default 1e-9.
   */
  tolerance?: number;
  /** Default 1,000. */
  maxIterations?: number;
  /** How many steps are remembered; default 10, as in SciPy. */
  memory?: number;
  /**
   * Multiplies by an estimate of the inverse Hessian at the start, positive definite; without it the identity is the
   * first estimate. A good one saves most of the steps.
   */
  inverseHessian?: (vector: Float64Array) => Float64Array;
}

export interface Minimum {
  x: Float64Array;
  value: number;
  iterations: number;
  evaluations: number;
  /** Has the tolerance been reached? If not, the iterations ran out or rounding ended the search. */
  converged: boolean;
}

/** One step x' − x with the change of the gradient along it. */
interface Step {
  moved: Float64Array;
  turned: Float64Array;
  /** 1 / (moved · turned) */
  scale: number;
}

/**
 * Minimises a smooth function with L-BFGS (Liu and Nocedal 1989) and a strong Wolfe line search.
 *
 * @throws where the value at the start is not a finite number
 */
export function minimise(
  evaluate: DifferentiableFunction,
  start: Float64Array,
  { tolerance = 1e-9, maxIterations = 1000, memory = 10, inverseHessian }: MinimiseOptions = {},
): Minimum {
  let x = Float64Array.from(start);
  let gradient = new Float64Array(x.length);
  let value = evaluate(x, gradient);
  if (!Number.isFinite(value)) throw new Error(`Expected a finite value at the start, got ${value}.`);
  let evaluations = 1;
  let iterations = 0;
  let converged = false;
  const steps: Step[] = [];
  while (true) {
    const direction = descentDirection(gradient, steps, inverseHessian);
    const origin = { step: 0, value, slope: dot(gradient, direction) };
    converged = Math.abs(origin.slope) / 2 <= tolerance;
    if (converged || iterations === maxIterations) break;
    const nextX = new Float64Array(x.length);
    const nextGradient = new Float64Array(x.length);
    let reached = 0;
    const walk = (step: number): LinePoint => {
      evaluations++;
      reached = step;
      for (let i = 0; i < x.length; i++) nextX[i] = x[i] + step * direction[i];
      const nextValue = evaluate(nextX, nextGradient);
      return { step, value: nextValue, slope: dot(nextGradient, direction) };
    };
    const first = steps.length > 0 || inverseHessian ? 1 : Math.min(1, 1 / norm(direction));
    let found = searchLine(walk, origin, first);
    if (!found) {
      if (steps.length === 0) break;
      steps.length = 0; // What was remembered leads nowhere: once more from the gradient alone.
      continue;
    }
    if (reached !== found.step) found = walk(found.step); // The search looked further after its best point.
    iterations++;
    remember(steps, memory, difference(nextX, x), difference(nextGradient, gradient));
    [x, gradient, value] = [nextX, nextGradient, found.value];
  }
  return { x, value, iterations, evaluations, converged };
}

/** Minus the product of the inverse Hessian's estimate with the gradient, by the two-loop recursion. */
function descentDirection(
  gradient: Float64Array,
  steps: readonly Step[],
  inverseHessian: (vector: Float64Array) => Float64Array = (vector) => vector,
): Float64Array {
  let direction = gradient.map((entry) => -entry);
  const shares = new Float64Array(steps.length);
  for (let i = steps.length - 1; i >= 0; i--) {
    shares[i] = steps[i].scale * dot(steps[i].moved, direction);
    addScaled(direction, -shares[i], steps[i].turned);
  }
  direction = inverseHessian(direction);
  const last = steps.at(-1);
  if (last) {
    const factor = 1 / (last.scale * dot(last.turned, inverseHessian(last.turned)));
    for (let i = 0; i < direction.length; i++) direction[i] *= factor;
  }
  for (let i = 0; i < steps.length; i++) {
    const share = steps[i].scale * dot(steps[i].turned, direction);
    addScaled(direction, shares[i] - share, steps[i].moved);
  }
  return direction;
}

/** Keeps the step unless the curvature along it is not positive, which rounding can do. */
function remember(steps: Step[], memory: number, moved: Float64Array, turned: Float64Array): void {
  const curvature = dot(moved, turned);
  if (!(curvature > 1e-12 * norm(moved) * norm(turned))) return;
  steps.push({ moved, turned, scale: 1 / curvature });
  if (steps.length > memory) steps.shift();
}

function addScaled(target: Float64Array, factor: number, vector: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i] += factor * vector[i];
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((entry, i) => entry - b[i]);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}
