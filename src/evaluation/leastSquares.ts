/**
 * (JᵀJ)⁻¹ of a Jacobian `[points][parameters]`, by modified Gram–Schmidt: times the variance of the residuals it is the
 * covariance of the fitted parameters.
 *
 * @throws where a parameter changes nothing that the others do not change as well.
 */
export function inverseGram(jacobian: readonly (readonly number[])[]): number[][] {
  const size = jacobian[0].length;
  const columns = Array.from({ length: size }, (_, j) => jacobian.map((row) => row[j]));
  const lengths = columns.map((column) => Math.sqrt(dot(column, column)));
  const upper = columns.map(() => new Array<number>(size).fill(0));
  for (let j = 0; j < size; j++) {
    const length = Math.sqrt(dot(columns[j], columns[j]));
    if (!(length > 1e-13 * lengths[j])) {
      throw new Error(`Expected parameters that the points tell apart, parameter ${j} is not: add points.`);
    }
    upper[j][j] = length;
    columns[j] = columns[j].map((value) => value / length);
    for (let l = j + 1; l < size; l++) {
      upper[j][l] = dot(columns[j], columns[l]);
      columns[l] = columns[l].map((value, i) => value - upper[j][l] * columns[j][i]);
    }
  }
  const inverse = invertUpper(upper);
  return inverse.map((row) => inverse.map((other) => dot(row, other)));
}

/** jᵀ·M·j: the variance of a quantity with gradient j, where M is its parameters' covariance. */
export function quadraticForm(matrix: readonly (readonly number[])[], j: readonly number[]): number {
  return dot(
    matrix.map((row) => dot(row, j)),
    j,
  );
}

/** The sum of products, over the shorter of the two. */
export function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < Math.min(a.length, b.length); i++) sum += a[i] * b[i];
  return sum;
}

/** The inverse of an upper triangular matrix, by back substitution. */
function invertUpper(upper: readonly (readonly number[])[]): number[][] {
  const size = upper.length;
  const inverse = upper.map(() => new Array<number>(size).fill(0));
  for (let column = 0; column < size; column++) {
    for (let row = column; row >= 0; row--) {
      let rest = row === column ? 1 : 0;
      for (let i = row + 1; i <= column; i++) rest -= upper[row][i] * inverse[i][column];
      inverse[row][column] = rest / upper[row][row];
    }
  }
  return inverse;
}
