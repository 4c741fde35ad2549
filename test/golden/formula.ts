import * as tf from '@tensorflow/tfjs-core';
import type { StoredTensor } from '../../src/files';
import type { Parameters } from '../../src/nn';
import { assertCloseInScale } from './compare';

/** A checkpoint that is computed, not stored: the numbers of formula.py, whose first lines say which, bit for bit. */

/** The hash of every entry of a name, 32 bits each. */
export function hashes(name: string, count: number): Uint32Array {
  let start = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) start = Math.imul(start ^ name.charCodeAt(i), 0x01000193);
  const found = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    let h = (start + Math.imul(i, 0x9e3779b9)) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    found[i] = h ^ (h >>> 16);
  }
  return found;
}

/** Numbers in [centre − bound, centre + bound). */
export function uniform(name: string, count: number, bound = 1, centre = 0): Float32Array {
  const found = hashes(name, count);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = centre + ((found[i] >>> 8) - 2 ** 23) * 2 ** -23 * bound;
  return values;
}

/** The entries of a parameter. */
export function parameter(name: string, shape: readonly number[]): Float32Array {
  const size = shape.reduce((a, b) => a * b, 1);
  if (name.endsWith('running_mean')) return uniform(name, size, 2 ** -8);
  if (name.endsWith('running_var')) return uniform(name, size, 2 ** -12, 2 ** -10);
  if (shape.length === 1) return uniform(name, size, 0.25, name.endsWith('.weight') ? 1 : 0);
  const fanIn = /(^|[._])proj(ection)?$/.test(name) ? shape[0] : size / shape[0];
  let bound = 1;
  while (bound * bound * fanIn > 3) bound /= 2;
  return uniform(name, size, bound);
}

/** Gives every parameter the entries of its name; those without an axis stay as they are. */
export function fillByFormula(parameters: Parameters): void {
  for (const [name, variable] of parameters) {
    if (variable.rank > 0)
      tf.tidy(() => variable.assign(tf.tensor(parameter(name, variable.shape), variable.shape)));
  }
}

/**
 * Asserts that gradients equal recorded ones, `<prefix>.grad.<name>`: entries and Euclidean norm, each relative to the
 * tensor's largest entry or norm.
 */
export function assertGradients(
  gradients: ReadonlyMap<string, tf.Tensor>,
  file: ReadonlyMap<string, StoredTensor>,
  prefix: string,
  tolerance = 1e-5,
): void {
  for (const [name, gradient] of gradients) {
    const entries = file.get(`${prefix}.grad.${name}`)!.data;
    const [norm, largest] = file.get(`${prefix}.figures.${name}`)!.data;
    const values = gradient.dataSync();
    const kept =
      values.length <= 512 ? values : hashes(`${name} places`, 64).map((h) => h % values.length);
    const found = kept === values ? values : Array.from(kept, (place) => values[place]);
    assertCloseInScale(found, entries, tolerance, `${prefix}: gradient of ${name}`, largest);
    let square = 0;
    for (let i = 0; i < values.length; i++) square += values[i] * values[i];
    assertCloseInScale([Math.sqrt(square)], [norm], tolerance, `${prefix}: norm of the gradient of ${name}`);
  }
}
