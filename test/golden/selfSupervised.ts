import * as tf from '@tensorflow/tfjs-core';
import type { Parameters } from '../../src/nn';
import { assertClose, golden } from './compare';

const file = golden('selfSupervised.safetensors');

/** The numbers of one known answer of selfSupervised.py. */
export const stored = (name: string) => file.get(name)!.data as Float32Array;

/** One of its tensors, in the engine. */
export const tensor = <T extends tf.Tensor>(name: string) =>
  tf.tensor(stored(name), file.get(name)!.shape) as T;

/** The parameters below `prefix`, under their names without it. */
export function parametersOf(prefix: string): Parameters {
  const names = [...file.keys()].filter((name) => name.startsWith(prefix));
  return new Map(
    names.map((name) => {
      const trained = !name.includes('running_');
      return [name.slice(prefix.length), tf.tidy(() => tf.variable(tensor(name), trained))];
    }),
  );
}

/** Asserts that every known answer below `prefix` is what `found` has under its name without it. */
export function assertAll(found: ReadonlyMap<string, tf.Tensor>, prefix: string): void {
  const names = [...file.keys()].filter((name) => name.startsWith(prefix));
  if (names.length === 0) throw new Error(`There are no known answers below "${prefix}".`);
  for (const name of names) {
    const value = found.get(name.slice(prefix.length));
    if (!value) throw new Error(`Nothing was found for the known answer "${name}".`);
    assertClose(value, stored(name), 1e-5, name);
  }
}
