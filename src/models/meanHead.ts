import * as tf from '@tensorflow/tfjs-core';
import { type Initialiser, layerNormLayer, linear, linearLayer, type Scope } from '../nn';
import {
  headChannels,
  type ResolvedSecondOrder,
  resolveSecondOrder,
  type SecondOrderConfig,
  secondOrderLength,
} from './config';
import { dropOut, type Mode, reduceChannels } from './reduction';

/**
 * The control for second-order statistics: tokens are averaged before anything that is not linear sees them, and a
 * perceptron with as many parameters as the second-order layers takes their place.
 *
 * @param means of the tokens, in heads, `[batch, 1, heads, slice]`
 * @returns `[batch, embedDim]`
 */
export function meanHead(
  means: tf.Tensor4D,
  scope: Scope,
  module: Scope,
  choices: ResolvedSecondOrder,
  tower: 'vision' | 'text',
  mode: Mode,
): tf.Tensor2D {
  const narrow = dropOut(reduceChannels(means, module, choices, tower, mode), choices, tower, mode);
  const flat = tf.reshape(narrow, [narrow.shape[0], -1]);
  const hidden = tf.relu(linearLayer(layerNormLayer(flat, module, 'ln'), module, 'down'));
  return linear(hidden, scope('fc2.weight')) as tf.Tensor2D;
}

/** Draws the perceptron; its hidden width makes its parameters as many as the second-order layers' to within half a unit. */
export function initialiseMeanHead(
  init: Initialiser,
  root: string,
  module: string,
  config: SecondOrderConfig,
  embedDim: number,
): void {
  const inputs = config.heads * headChannels(config, embedDim);
  const hidden = hiddenWidth(config, embedDim);
  init.norm(`${module}.ln`, inputs);
  init.linear(`${module}.down`, inputs, hidden);
  init.linear(`${root}fc2`, hidden, embedDim, false);
}

/** Units that make norm, hidden layer and output as large as fc2 over the triangles and what is mixed before it. */
function hiddenWidth(config: SecondOrderConfig, embedDim: number): number {
  const inputs = config.heads * headChannels(config, embedDim);
  const length = secondOrderLength(config, embedDim);
  const mixing = resolveSecondOrder(config).mixed ? length * (length + 3) : 0;
  const parameters = mixing + length * embedDim;
  return Math.round((parameters - 2 * inputs) / (inputs + 1 + embedDim));
}
