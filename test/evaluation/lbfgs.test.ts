import assert from 'node:assert/strict';
import { createRandom } from '../../src/engine/random';
import { type DifferentiableFunction, minimise } from '../../src/evaluation/lbfgs';
import { searchLine } from '../../src/evaluation/lineSearch';
import { addProduct, invert } from '../../src/evaluation/matrices';
import { assertClose } from '../golden/compare';

/** The chained Rosenbrock function; its minimum is 0, where all variables are 1. */
const rosenbrock: DifferentiableFunction = (x, gradient) => {
  let value = 0;
  gradient.fill(0);
  for (let i = 0; i + 1 < x.length; i++) {
    const [bend, rest] = [x[i + 1] - x[i] ** 2, 1 - x[i]];
    value += 100 * bend ** 2 + rest ** 2;
    gradient[i] += -400 * x[i] * bend - 2 * rest;
    gradient[i + 1] += 200 * bend;
  }
  return value;
};

/** ½ Σ scaleᵢ (xᵢ − i)² */
function bowl(scales: readonly number[]): DifferentiableFunction {
  return (x, gradient) => {
    let value = 0;
    scales.forEach((scale, i) => {
      gradient[i] = scale * (x[i] - i);
      value += (gradient[i] * (x[i] - i)) / 2;
    });
    return value;
  };
}

describe('L-BFGS', () => {
  it('finds the end of a bent valley', () => {
    const found = minimise(rosenbrock, Float64Array.of(-1.2, 1, -1.2, 1, 0.5, 2), { tolerance: 1e-14 });
    assert.ok(found.converged && found.iterations < 100, `${found.iterations} iterations`);
    assertClose(found.x, new Array(6).fill(1), 1e-6);
    assert.ok(found.value < 1e-13);
  });

  it('needs two steps for a quadratic function with the right inverse Hessian, and many without', () => {
    const scales = Array.from({ length: 30 }, (_, i) => 10 ** (i / 12));
    const inverseHessian = (vector: Float64Array) => vector.map((entry, i) => entry / scales[i]);
    const start = new Float64Array(30);
    const helped = minimise(bowl(scales), start, { inverseHessian, tolerance: 1e-10 });
    assert.ok(helped.converged && helped.iterations <= 2, `${helped.iterations} iterations`);
    assertClose(
      helped.x,
      scales.map((_, i) => i),
      1e-9,
    );
    const alone = minimise(bowl(scales), start, { tolerance: 1e-10 });
    assert.ok(alone.converged && alone.iterations > 10, `${alone.iterations} iterations`);
    assertClose(
      alone.x,
      scales.map((_, i) => i),
      1e-4,
    );
  });

  it('stops by what is left to gain, whatever the unit of the variables', () => {
    const iterations = [1, 1e-4, 1e4].map((unit) => {
      const scaled: DifferentiableFunction = (x, gradient) => {
        const value = rosenbrock(
          x.map((entry) => entry / unit),
          gradient,
        );
        for (let i = 0; i < gradient.length; i++) gradient[i] /= unit;
        return value;
      };
      const start = Float64Array.of(-1.2, 1, 3, -1).map((entry) => entry * unit);
      const found = minimise(scaled, start, {
        tolerance: 1e-9,
        inverseHessian: (v) => v.map((e) => e * unit ** 2),
      });
      assert.ok(found.converged && found.value < 1e-7, `${found.value} left`);
      return found.iterations;
    });
    assert.ok(Math.max(...iterations) - Math.min(...iterations) <= 2, iterations.join());
  });

  it('leaves the start as it is, counts, and stops when told to', () => {
    const start = Float64Array.of(-1.2, 1);
    let calls = 0;
    const counted: DifferentiableFunction = (x, gradient) => {
      calls++;
      return rosenbrock(x, gradient);
    };
    const found = minimise(counted, start, { maxIterations: 3 });
    assert.deepEqual([...start], [-1.2, 1]);
    assert.deepEqual([found.iterations, found.converged, found.evaluations], [3, false, calls]);
    assert.equal(minimise(rosenbrock, Float64Array.of(1, 1)).iterations, 0);
  });

  it('ends where rounding hides what is left, and refuses a start without a value', () => {
    const far: DifferentiableFunction = (x, gradient) => 1e9 + bowl([1, 2, 3])(x, gradient);
    const found = minimise(far, Float64Array.of(5, 5, 5), { tolerance: 0 });
    assertClose(found.x, [0, 1, 2], 1e-2);
    assert.throws(() => minimise(() => Number.NaN, new Float64Array(1)), /Expected a finite value/);
  });
});

describe('the line search', () => {
  const along = (value: (t: number) => number, slope: (t: number) => number) => (step: number) => ({
    step,
    value: value(step),
    slope: slope(step),
  });

  it('meets the strong Wolfe conditions from steps far too short and far too long', () => {
    const line = along(
      (t) => (t - 3) ** 4 + t,
      (t) => 4 * (t - 3) ** 3 + 1,
    );
    for (const first of [1e-4, 0.1, 1, 3, 50, 1e6]) {
      const found = searchLine(line, line(0), first)!;
      assert.ok(found.value <= line(0).value + 1e-4 * found.step * line(0).slope, `from ${first}`);
      assert.ok(Math.abs(found.slope) <= 0.9 * Math.abs(line(0).slope), `from ${first}`);
    }
  });

  it('backs out of places without a value', () => {
    const line = along(
      (t) => -t - 0.1 * Math.log(1 - t), // no number beyond 1
      (t) => -1 + 0.1 / (1 - t),
    );
    const found = searchLine(line, line(0), 2)!;
    assert.ok(found.step < 1 && found.value < 0, `${found.step}`);
  });

  it('finds nothing on a line that leads up', () => {
    const line = along(
      (t) => t,
      () => 1,
    );
    assert.equal(searchLine(line, line(0), 1), null);
  });
});

describe('the matrix routines', () => {
  const random = createRandom(5);
  const matrix = (size: number) => Float64Array.from({ length: size }, () => random.normal());

  for (const transposed of [false, true]) {
    it(`add the product with a ${transposed ? 'transposed ' : ''}matrix`, () => {
      const [rows, inner, columns] = [6, 260, 5];
      const [a, b, c] = [matrix(rows * inner), matrix(inner * columns), matrix(rows * columns)];
      const expected = c.map((start, i) => {
        const [row, column] = [Math.floor(i / columns), i % columns];
        let sum = start;
        for (let k = 0; k < inner; k++) {
          sum += a[transposed ? k * rows + row : row * inner + k] * b[k * columns + column];
        }
        return sum;
      });
      addProduct(c, a, b, { rows, inner, transposed });
      assertClose(c, expected, 1e-12);
    });
  }

  it('invert a positive definite matrix, and refuse another', () => {
    const size = 8;
    const factor = matrix(size * size);
    const square = new Float64Array(size * size);
    addProduct(square, factor, factor, { rows: size, inner: size, transposed: true });
    const inverse = square.slice();
    invert(inverse, size);
    const product = new Float64Array(size * size);
    addProduct(product, square, inverse, { rows: size, inner: size });
    assertClose(
      product,
      product.map((_, i) => Number(i % (size + 1) === 0)),
      1e-8,
    );
    assert.throws(
      () => invert(Float64Array.of(1, 2, 2, 1), 2),
      /Expected a positive definite matrix, but pivot 1/,
    );
  });
});
