import * as tf from '@tensorflow/tfjs-core';
import { type GroupingConfig, type Links, scopeOf } from '../nn';
import type { Clip } from './clip';
import { activationOf } from './config';
import { type TokenBatch, textStates, trimmedIds } from './text';
import { visionStates } from './vision';

/** One block's links of a picture's patches, each in (0, 1]. The rule is the lab's design, see `GroupingConfig`. */
export interface ImageLinks {
  /** Of each patch with the one to its right. `[batch, g, g − 1]` */
  horizontal: tf.Tensor3D;
  /** Of each patch with the one below. `[batch, g − 1, g]` */
  vertical: tf.Tensor3D;
}

/**
 * How the image tower links neighbouring patches, block by block; links never get weaker from block to block.
 *
 * @param images normalised pixels, `[batch, imageSize, imageSize, 3]`
 * @throws for a model whose image tower has no learned links
 */
export function imageLinks({ config, parameters }: Clip, images: tf.Tensor4D): ImageLinks[] {
  demandLearned(config.vision.grouping, 'image');
  return tf.tidy(() =>
    watched((watch) => {
      const scope = scopeOf(parameters).at('visual');
      visionStates(images, scope, config.vision, activationOf(config, 'vision'), watch);
    }).map(([horizontal, vertical]) => ({
      horizontal: horizontal as tf.Tensor3D,
      vertical: vertical as tf.Tensor3D,
    })),
  );
}

/**
 * How the text tower links each token with the next, block by block, `[batch, longest − 1]` in each, start and end tokens
 * included. Behind the end of a text links are next to nothing: 3e-5 in the first block.
 *
 * @throws for a model whose text tower has no learned links
 */
export function textLinks({ config, parameters }: Clip, texts: TokenBatch): tf.Tensor2D[] {
  demandLearned(config.text.grouping, 'text');
  return tf.tidy(() =>
    watched((watch) => {
      const scope = scopeOf(parameters);
      textStates(trimmedIds(texts), texts.lengths, scope, config.text, activationOf(config, 'text'), watch);
    }).map(([along]) => along as tf.Tensor2D),
  );
}

function watched(run: (watch: (links: Links) => void) => void): Links[] {
  const seen: Links[] = [];
  run((links) => seen.push(links));
  return seen;
}

function demandLearned(grouping: GroupingConfig | undefined, tower: string): void {
  if (grouping?.links === 'learned') return;
  const found = grouping ? 'one that goes by distance' : 'one without grouping';
  throw new Error(
    `Expected a model whose ${tower} tower learns links, got ${found}: set grouping: { links: 'learned' }.`,
  );
}
