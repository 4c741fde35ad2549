import * as tf from '@tensorflow/tfjs-core';
import { batchNormLayer, type Initialiser, initialiseBatchNorm, linearLayer, type Scope } from '../nn';

/**
 * The head of SLIP's SimCLR branch (Mu et al. 2021; `image_mlp` of its official code): linear, batch norm, ReLU, twice,
 * then linear. Its output is compared at unit length.
 *
 * @param features of pictures before the projection to the embedding, `[batch, width]`
 * @param scope where `layer1` lives
 * @param training in training batch norm uses and moves the statistics of the batch
 * @returns `[batch, output]`, not normalised
 */
export function simclrHead(features: tf.Tensor2D, scope: Scope, training: boolean): tf.Tensor2D {
  const first = tf.relu(normalised(features, scope, 'layer1', 'bn1', training));
  const second = tf.relu(normalised(first, scope, 'layer2', 'bn2', training));
  return linearLayer(second, scope, 'layer3') as tf.Tensor2D;
}

/**
 * SimSiam's projector as DeCLIP has it (Li et al. 2021; `projection_MLP` of its official code): three times linear and
 * batch norm, ReLU after the first two.
 *
 * @param embeddings of pictures, not normalised, `[batch, width]`
 * @param scope where `linear1` lives
 * @returns z, `[batch, hidden]`
 */
export function simsiamProjector(embeddings: tf.Tensor2D, scope: Scope, training: boolean): tf.Tensor2D {
  const first = tf.relu(normalised(embeddings, scope, 'linear1', 'bn1', training));
  const second = tf.relu(normalised(first, scope, 'linear2', 'bn2', training));
  return normalised(second, scope, 'linear3', 'bn3', training);
}

/**
 * SimSiam's predictor, which guesses one view's z from the other's (`prediction_MLP`, whose last layer is called
 * `layer2`): linear to a bottleneck, batch norm, ReLU, linear.
 *
 * @param z of one view, `[batch, hidden]`
 * @param scope where `linear1` lives
 * @returns p, `[batch, hidden]`
 */
export function simsiamPredictor(z: tf.Tensor2D, scope: Scope, training: boolean): tf.Tensor2D {
  const narrow = tf.relu(normalised(z, scope, 'linear1', 'bn1', training));
  return linearLayer(narrow, scope, 'layer2') as tf.Tensor2D;
}

function normalised(
  x: tf.Tensor2D,
  scope: Scope,
  layer: string,
  norm: string,
  training: boolean,
): tf.Tensor2D {
  return batchNormLayer(linearLayer(x, scope, layer) as tf.Tensor2D, scope, norm, training);
}

/** Draws SimCLR's head below `prefix`, as PyTorch does by default. Published: hidden 4096, output 256. */
export function initialiseSimclr(
  init: Initialiser,
  prefix: string,
  width: number,
  { hidden, output }: { hidden: number; output: number },
): void {
  init.linear(`${prefix}.layer1`, width, hidden);
  initialiseBatchNorm(init, `${prefix}.bn1`, hidden);
  init.linear(`${prefix}.layer2`, hidden, hidden);
  initialiseBatchNorm(init, `${prefix}.bn2`, hidden);
  init.linear(`${prefix}.layer3`, hidden, output);
}

/**
 * Draws SimSiam's two parts as `prefix.projector` and `prefix.predictor`, as PyTorch does by default. Published: hidden
 * 1024, bottleneck 512.
 */
export function initialiseSimsiam(
  init: Initialiser,
  prefix: string,
  width: number,
  { hidden, bottleneck }: { hidden: number; bottleneck: number },
): void {
  const [projector, predictor] = [`${prefix}.projector`, `${prefix}.predictor`];
  for (const [layer, inputs] of [width, hidden, hidden].entries()) {
    init.linear(`${projector}.linear${layer + 1}`, inputs, hidden);
    initialiseBatchNorm(init, `${projector}.bn${layer + 1}`, hidden);
  }
  init.linear(`${predictor}.linear1`, hidden, bottleneck);
  initialiseBatchNorm(init, `${predictor}.bn1`, bottleneck);
  init.linear(`${predictor}.layer2`, bottleneck, hidden);
}
