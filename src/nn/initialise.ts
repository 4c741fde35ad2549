import * as tf from '@tensorflow/tfjs-core';
import { inEngine, type Random } from '../engine';
import type { Parameters } from './parameters';

/** Adds freshly drawn parameters to a model, each from its own named stream, so that adding one changes no other. */
export interface Initialiser {
  normal(name: string, shape: number[], std: number): void;
  /** Uniform on ±bound. PyTorch's default for linear and convolution layers is bound = 1/√fanIn. */
  uniform(name: string, shape: number[], bound: number): void;
  constant(name: string, shape: number[], value: number, trainable?: boolean): void;
  /** A linear layer with PyTorch's default initialisation: `weight` [out, in] and, unless `bias` is false, `bias` [out]. */
  linear(name: string, fanIn: number, fanOut: number, bias?: boolean): void;
  /** A normalisation layer: `weight` 1 and `bias` 0. */
  norm(name: string, width: number): void;
}

/** An initialiser that adds to `parameters`; a parameter's stream is `random` forked by its name. */
export function initialiser(parameters: Parameters, random: Random): Initialiser {
  function add(name: string, shape: number[], draw: () => number, isTrainable = true): void {
    const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
    for (let i = 0; i < values.length; i++) values[i] = draw();
    parameters.set(
      name,
      tf.tidy(() => tf.variable(inEngine(tf.tensor(values, shape)), isTrainable)),
    );
  }
  const init: Initialiser = {
    normal: (name, shape, std) => {
      const stream = random.fork(name);
      add(name, shape, () => std * stream.normal());
    },
    uniform: (name, shape, bound) => {
      const stream = random.fork(name);
      add(name, shape, () => bound * (2 * stream.uniform() - 1));
    },
    constant: (name, shape, value, isTrainable) => add(name, shape, () => value, isTrainable),
    linear: (name, fanIn, fanOut, bias = true) => {
      const bound = 1 / Math.sqrt(fanIn);
      init.uniform(`${name}.weight`, [fanOut, fanIn], bound);
      if (bias) init.uniform(`${name}.bias`, [fanOut], bound);
    },
    norm: (name, width) => {
      init.constant(`${name}.weight`, [width], 1);
      init.constant(`${name}.bias`, [width], 0);
    },
  };
  return init;
}
