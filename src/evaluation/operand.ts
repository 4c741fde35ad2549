import * as tf from '@tensorflow/tfjs-core';
import { addProduct } from './matrices';

/** A matrix, `[rows, columns]`, that stays where products with it are made. */
export interface Operand {
  /** Writes `matrix · right`. */
  multiply(target: Float64Array, right: Float64Array): void;
  /** Writes `matrixᵀ · right`. */
  multiplyTransposed(target: Float64Array, right: Float64Array): void;
  /** `matrixᵀ · matrix`, `[columns, columns]` */
  square(): Float64Array;
  dispose(): void;
}

/** Products in doubles on one thread, the same on every backend; both sizes must be multiples of 4. */
export function operandInDoubles(values: Float64Array, rows: number, columns: number): Operand {
  const multiplyTransposed: Operand['multiply'] = (target, right) => {
    target.fill(0);
    addProduct(target, values, right, { rows: columns, inner: rows, transposed: true });
  };
  return {
    multiply: (target, right) => {
      target.fill(0);
      addProduct(target, values, right, { rows, inner: columns });
    },
    multiplyTransposed,
    square: () => {
      const target = new Float64Array(columns * columns);
      multiplyTransposed(target, values);
      return target;
    },
    dispose: () => {},
  };
}

/** Products in float32 on the engine's backend, which holds the matrix until `dispose` is called. */
export function operandOnEngine(values: Float64Array, rows: number, columns: number): Operand {
  const matrix = tf.tensor2d(new Float32Array(values), [rows, columns]);
  const write = (target: Float64Array, product: () => tf.Tensor) => {
    const found = tf.tidy(product);
    target.set(found.dataSync());
    found.dispose();
  };
  const upload = (right: Float64Array, height: number) =>
    tf.tensor2d(new Float32Array(right), [height, right.length / height]);
  return {
    multiply: (target, right) => write(target, () => tf.matMul(matrix, upload(right, columns))),
    multiplyTransposed: (target, right) => write(target, () => tf.matMul(matrix, upload(right, rows), true)),
    square: () => {
      const target = new Float64Array(columns * columns);
      write(target, () => tf.matMul(matrix, matrix, true));
      return target;
    },
    dispose: () => matrix.dispose(),
  };
}
