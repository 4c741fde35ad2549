import * as tf from '@tensorflow/tfjs-core';
import type { Parameters } from '../nn';
import type { StoredTensor } from './safetensors';

/**
 * Copies stored tensors into a model's parameters, by name.
 *
 * @throws when a name is missing, unknown or has another shape, naming it; no parameter has changed then
 */
export function loadWeights(parameters: Parameters, stored: ReadonlyMap<string, StoredTensor>): void {
  const sameShape = (a: number[], b: number[]) =>
    a.length === b.length && a.every((side, axis) => side === b[axis]);
  for (const [name, variable] of parameters) {
    const tensor = stored.get(name);
    if (!tensor) throw new Error(`The weights have no "${name}"; they belong to another architecture.`);
    if (!sameShape(tensor.shape, variable.shape)) {
      throw new Error(
        `The weights' "${name}" has shape [${tensor.shape}], the model's has [${variable.shape}].`,
      );
    }
  }
  for (const name of stored.keys()) {
    if (!parameters.has(name)) throw new Error(`The weights hold "${name}", which this model does not have.`);
  }
  for (const [name, variable] of parameters) {
    const { data, shape } = stored.get(name)!;
    tf.tidy(() => variable.assign(tf.tensor(data, shape, 'float32')));
  }
}
