import * as tf from '@tensorflow/tfjs-core';
import type { StoredTensor } from '../files';

/** A saved value, in the engine or as read from a file. */
export type SavedTensor = tf.Tensor | StoredTensor;

/**
 * Sets every variable to the saved value of its name. Nothing changes unless everything fits; what was given stays the
 * caller's.
 * @param what How errors call the saved values, e.g. `optimizer state`.
 * @throws If a value is missing, has another shape, or belongs to no variable.
 */
export function restoreVariables(
  variables: ReadonlyMap<string, tf.Variable>,
  saved: ReadonlyMap<string, SavedTensor>,
  what = 'parameter',
): void {
  for (const [name, variable] of variables) {
    const value = saved.get(name);
    if (!value) throw misfit(`The saved ${what} "${name}" is missing`);
    if (!sameShape(value.shape, variable.shape)) {
      throw misfit(`The saved ${what} "${name}" has shape [${value.shape}], expected [${variable.shape}]`);
    }
  }
  for (const name of saved.keys()) {
    if (!variables.has(name)) throw misfit(`The saved ${what} "${name}" belongs to nothing in this model`);
  }
  for (const [name, variable] of variables) {
    tf.tidy(() => variable.assign(toTensor(saved.get(name)!, variable.dtype)));
  }
}

/** Are the two shapes equal, axis by axis? */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

function toTensor(value: SavedTensor, dtype: tf.DataType): tf.Tensor {
  return value instanceof tf.Tensor ? tf.clone(value) : tf.tensor(value.data, value.shape, dtype);
}

function misfit(flaw: string): Error {
  return new Error(`${flaw}; load what was saved with the same model configuration.`);
}
