import * as tf from '@tensorflow/tfjs-core';
import { type HalfWeights, type Precision, withPrecision } from '../engine';

/** How a loaded model computes. */
export interface Arithmetic {
  precision: Precision;
  run<Result>(compute: () => Result): Result;
  /** Frees the weights in 16 bits. */
  dispose(): void;
}

/** In 16 bits every weight is rounded once, when it is first used: half as much memory again as the model takes. */
export function arithmeticIn(precision: Precision): Arithmetic {
  const halves: HalfWeights = new Map();
  return {
    precision,
    run: (compute) => withPrecision(precision, compute, halves),
    dispose: () => {
      tf.dispose([...halves.values()]);
      halves.clear();
    },
  };
}
