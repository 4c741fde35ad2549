import * as tf from '@tensorflow/tfjs-core';
import { type FilipOptions, filipLoss } from '../../losses';
import {
  auxiliaryScope,
  type Clip,
  type ClipConfig,
  imageFeatures,
  patchEmbeddings,
  type TokenEmbeddings,
  textFeatures,
  wordEmbeddings,
} from '../../models';
import type { Objective } from '../objectives';
import { PUBLISHED_SIZES } from './defaults';

/** A model with FILIP's token maps. Published: 256 channels. */
export function withTokenMaps(base: ClipConfig, tokens = PUBLISHED_SIZES.tokens): ClipConfig {
  return { ...base, auxiliary: { ...base.auxiliary, tokens } };
}

/** FILIP's loss on a whole batch's tokens, without the positions that are padding in every text. */
export function tokenLoss(
  { patches, words, real }: TokenEmbeddings,
  model: Clip,
  options: FilipOptions = {},
): tf.Scalar {
  const used = tf.tidy(() => tf.sum(tf.max(real, 0)).dataSync()[0]);
  const scale = tf.exp(auxiliaryScope(model, 'tokens')('logit_scale')) as tf.Scalar;
  const length = options.padding === 'kept' ? real.shape[1] : used;
  const cut = <T extends tf.Tensor>(x: T) => tf.slice(x, [0, 0], [-1, length]) as T;
  return filipLoss(patches, cut(words), cut(real), scale, options);
}

/** What token-wise similarity leaves without a gradient: all that makes one vector of a picture or a text. */
const GLOBAL_ONLY = [
  'visual.proj',
  'visual.ln_post.weight',
  'visual.ln_post.bias',
  'text_projection',
  'logit_scale',
];

/**
 * FILIP (Yao et al., ICLR 2022): the similarity of a picture and a text is the mean, over the tokens of one, of the best
 * match among the tokens of the other; that in place of the cosine of two vectors. Images and texts are scored by tokens at
 * test time, too.
 */
export function filipObjective(options: FilipOptions = {}): Objective<TokenEmbeddings> {
  return {
    name: 'FILIP',
    trains: (parameter) => !GLOBAL_ONLY.includes(parameter),
    encode: (model, batch) => ({
      patches: patchEmbeddings(model, imageFeatures(model, batch.images)),
      ...wordEmbeddings(model, textFeatures(model, batch.texts), batch.texts),
    }),
    lossOf: (rows, model) => ({ loss: tokenLoss(rows, model, options) }),
  };
}
