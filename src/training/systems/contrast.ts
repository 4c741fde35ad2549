import * as tf from '@tensorflow/tfjs-core';
import type { ViewRecipe } from '../../data';
import { clipLoss } from '../../losses';
import { encodeImages, encodeTexts, logitScale } from '../../models';
import type { Objective, TrainingBatch, Vectors } from '../objectives';

/**
 * CLIP's loss between every sight of the pictures and every wording of the texts, and the mean of them: DeCLIP's multi-view
 * supervision with two of each, plain CLIP with one.
 *
 * @param sights unit rows, `[batch, embedDim]` each; likewise `wordings`
 * @returns a scalar
 */
export function meanContrast(
  sights: readonly tf.Tensor2D[],
  wordings: readonly tf.Tensor2D[],
  scale: tf.Scalar,
): tf.Scalar {
  const losses = sights.flatMap((images) => wordings.map((texts) => clipLoss(images, texts, scale)));
  return tf.mean(tf.stack(losses)) as tf.Scalar;
}

export interface ManySightsOptions {
  /** How each sight is made. */
  views: readonly ViewRecipe[];
  /** Does the plain crop that every run has count as a sight, too? Default false. */
  withPlain?: boolean;
  /** Are the texts read a second time with words exchanged? Default false. */
  edited?: boolean;
}

/**
 * CLIP, and nothing but CLIP, on several sights of each picture: as many passes through the image tower as the systems it is
 * compared with, without their ideas. With two strong views and edited texts it is DeCLIP's multi-view supervision alone.
 */
export function manySightsObjective({
  views,
  withPlain = false,
  edited = false,
}: ManySightsOptions): Objective<Vectors<string>> {
  return {
    name: 'CLIP on several sights',
    needs: { views, edited },
    encode: (model, batch, mode) => ({
      ...numbered('sight', sightsOf(batch, withPlain), (images) => encodeImages(model, images, mode).first),
      ...numbered('wording', wordingsOf(batch, edited), (texts) => encodeTexts(model, texts, mode).first),
    }),
    lossOf: (rows, model) => {
      const named = (kind: string) => Object.keys(rows).filter((name) => name.startsWith(kind));
      const [sights, wordings] = ['sight', 'wording'].map((kind) => named(kind).map((name) => rows[name]));
      return { loss: meanContrast(sights, wordings, logitScale(model)) };
    },
  };
}

function sightsOf({ images, views = [] }: TrainingBatch, withPlain: boolean): tf.Tensor4D[] {
  return [...(withPlain ? [images] : []), ...views.map((view) => view.images)];
}

function wordingsOf({ texts, edited }: TrainingBatch, withEdited: boolean): TrainingBatch['texts'][] {
  return withEdited ? [texts, edited!] : [texts];
}

function numbered<Item>(
  kind: string,
  items: readonly Item[],
  encode: (item: Item) => tf.Tensor2D,
): Vectors<string> {
  return Object.fromEntries(items.map((item, i) => [`${kind} ${i}`, encode(item)]));
}
