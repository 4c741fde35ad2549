import type * as tf from '@tensorflow/tfjs-core';
import { type Initialiser, linearLayer, type Scope, unitLength } from '../nn';
import { LOGIT_SCALE_START } from './temperature';

/**
 * Draws FILIP's maps of patches and text tokens to one space, and its own temperature below `prefix`: `image_mapping`,
 * `text_mapping` (linear with bias, PyTorch's default initialisation; names as in the DeCLIP repository) and
 * `logit_scale` (there `logit_scale_dense`).
 *
 * @param prefix without its closing dot
 * @param visionWidth of the vision tower's states, `textWidth` of the text tower's
 * @param width of the space in which tokens are compared; 256 in the paper
 */
export function initialiseTokenMaps(
  init: Initialiser,
  prefix: string,
  visionWidth: number,
  textWidth: number,
  { width }: { width: number },
): void {
  init.linear(`${prefix}.image_mapping`, visionWidth, width);
  init.linear(`${prefix}.text_mapping`, textWidth, width);
  init.constant(`${prefix}.logit_scale`, [], LOGIT_SCALE_START);
}

/**
 * Tokens of one tower in the space where both are compared, rows of unit length.
 *
 * @param states what the DeCLIP repository maps. Pictures: `visionStates`, so before the last norm, without the class
 * token. Texts: behind the last norm (`ln_final`) and before the projection, start and end token included.
 * `[batch, tokens, towerWidth]`
 * @param scope the parameters below the prefix
 * @returns `[batch, tokens, width]`
 */
export function mapTokens(states: tf.Tensor3D, scope: Scope, name: 'image' | 'text'): tf.Tensor3D {
  return unitLength(linearLayer(states, scope, `${name}_mapping`) as tf.Tensor3D);
}
