import type * as tf from '@tensorflow/tfjs-core';
import type { Initialiser } from '../nn';
import { scopeOf } from '../nn';
import type { Clip } from './clip';
import { activationOf, type VisionConfig } from './config';
import type { Mode } from './reduction';
import { initialiseResnet, resnetTower } from './resnet';
import { initialiseSiglip, siglipTower } from './siglip';
import { initialiseVision, visionTower } from './vision';

/**
 * Pictures through whichever image tower the model has, not normalised. `[batch, embedDim]`
 *
 * @param images normalised pixels, `[batch, imageSize, imageSize, 3]`
 * @param mode what batch normalisation goes by, in a ResNet
 */
export function imageEmbeddings({ config, parameters }: Clip, images: tf.Tensor4D, mode: Mode): tf.Tensor2D {
  const scope = scopeOf(parameters).at('visual');
  const { vision } = config;
  if (vision.tower === 'resnet') return resnetTower(images, scope, vision, mode);
  const activation = activationOf(config, 'vision');
  if (vision.tower === 'siglip') return siglipTower(images, scope, vision, activation);
  return visionTower(images, scope, vision, activation).pooled;
}

/** Draws the parameters of the image tower that `vision` names. */
export function initialiseImageTower(init: Initialiser, vision: VisionConfig, embedDim: number): void {
  if (vision.tower === 'resnet') initialiseResnet(init, vision, embedDim);
  else if (vision.tower === 'siglip') initialiseSiglip(init, vision);
  else initialiseVision(init, vision, embedDim);
}
