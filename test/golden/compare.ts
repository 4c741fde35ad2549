import assert from 'node:assert/strict';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import { readSafetensors, type StoredTensor } from '../../src/files';

/** The tensors of a known-answer file. */
export function golden(name: string): Map<string, StoredTensor> {
  return readSafetensors(join(__dirname, name));
}

/**
 * Asserts that two lists of numbers agree within `tolerance`, relative to the largest of the expected ones where that
 * is above 1 and absolute below.
 */
export function assertClose(
  actual: ArrayLike<number> | tf.Tensor,
  expected: ArrayLike<number>,
  tolerance = 1e-5,
  what = 'values',
): void {
  const values = 'dataSync' in actual ? actual.dataSync() : actual;
  assert.equal(values.length, expected.length, `${what}: length`);
  let largest = 1;
  let worst = 0;
  let place = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]));
    const error = Math.abs(values[i] - expected[i]);
    if (!(error <= worst)) [worst, place] = [error, i];
  }
  assert.ok(
    worst <= tolerance * largest,
    `${what}: entry ${place} is ${values[place]} where ${expected[place]} is expected (off by ${worst})`,
  );
}

/**
 * Asserts that two lists of numbers agree within `tolerance` of the scale of what is expected, however small that is.
 *
 * @param scale the largest absolute value of the whole tensor, where `expected` is a part of it
 */
export function assertCloseInScale(
  actual: ArrayLike<number> | tf.Tensor,
  expected: ArrayLike<number>,
  tolerance = 1e-5,
  what = 'values',
  scale = Math.max(...Array.from(expected, Math.abs)),
): void {
  const values = 'dataSync' in actual ? actual.dataSync() : actual;
  assert.ok(scale > 0, `${what}: nothing but zeros is expected, so there is no scale`);
  assertClose(
    Array.from(values, (value) => value / scale),
    Array.from(expected, (value) => value / scale),
    tolerance,
    `${what} over ${scale}`,
  );
}
