import * as tf from '@tensorflow/tfjs-core';
import { layerNormLayer, scopeOf } from '../nn';
import type { Clip } from './clip';
import { activationOf } from './config';
import { neededIds, pooledTokens, projectText, type TokenBatch, textStates } from './text';
import { textScope } from './textScope';
import { visionStates } from './vision';

/** What one pass of the image tower has to offer, to methods that need more of a picture than its embedding. */
export interface ImageFeatures {
  /** The class token behind the last norm, before the projection: what self-supervised heads read. `[batch, width]` */
  hidden: tf.Tensor2D;
  /** Its projection, not normalised. `[batch, embedDim]` */
  pooled: tf.Tensor2D;
  /** All tokens behind the last block, before the last norm, class token first. `[batch, 1 + patches, width]` */
  states: tf.Tensor3D;
}

/** The same of the text tower. */
export interface TextFeatures {
  /** The end-of-text token's projection, not normalised. `[batch, embedDim]` */
  pooled: tf.Tensor2D;
  /** All tokens behind the last norm, up to the batch's longest text. `[batch, longest, width]` */
  states: tf.Tensor3D;
}

/** @param images normalised pixels, `[batch, imageSize, imageSize, 3]` */
export function imageFeatures({ config, parameters }: Clip, images: tf.Tensor4D): ImageFeatures {
  const scope = scopeOf(parameters).at('visual');
  const states = visionStates(images, scope, config.vision, activationOf(config, 'vision'));
  const [batch, , width] = states.shape;
  const classToken = tf.reshape(tf.slice(states, [0, 0, 0], [batch, 1, width]), [
    batch,
    width,
  ]) as tf.Tensor2D;
  const hidden = layerNormLayer(classToken, scope, 'ln_post', config.vision.normEps);
  return { hidden, pooled: tf.matMul(hidden, scope('proj') as tf.Tensor2D), states };
}

/** @param texts ids and lengths, as the model's tokenizer makes them */
export function textFeatures(model: Clip, texts: TokenBatch): TextFeatures {
  const { config } = model;
  const scope = textScope(model);
  const ids = neededIds(texts, config.text);
  const hidden = textStates(ids, texts.lengths, scope, config.text, activationOf(config, 'text'));
  const states = layerNormLayer(hidden, scope, 'ln_final', config.text.normEps);
  return { pooled: projectText(pooledTokens(states, texts, config.text), scope, config.text), states };
}
