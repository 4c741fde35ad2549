import type { ClipConfig } from '../models';

/** A transformer's sizes, as far as its linear layers go. */
interface Stack {
  width: number;
  layers: number;
  mlpRatio?: number;
}

/**
 * Floating-point operations of all linear layers of a training step of plain CLIP, forward and backward, as its kernels
 * compute it: a multiplication and an addition for each weight and token, three times, as a gradient takes a product for the input
 * and one for the weight. The patches' projection has no gradient for its input. Padding is not computed, and in the last block
 * one token of each sample alone, beyond what it sees of the others. Attention's own products, which its kernel does, are not
 * counted, nor are the last projections.
 *
 * @param lengths tokens of each text
 */
export function stepProducts({ vision, text }: ClipConfig, lengths: ArrayLike<number>): number {
  const patches = (vision.imageSize / vision.patchSize) ** 2;
  const patchWeights = 3 * vision.patchSize ** 2 * vision.width;
  // In the last block a picture's tokens are asked for keys and values, a text's for queries, too.
  const perPicture = 3 * stackProducts(vision, patches + 1, 2) + 2 * patches * patchWeights;
  const ofTexts = Array.from(lengths).reduce((sum, tokens) => sum + 3 * stackProducts(text, tokens, 3), 0);
  return 2 * (lengths.length * perPicture + ofTexts);
}

/**
 * Multiplications of one sample, forward; a block has query, key, value and output, and the two layers of the MLP.
 *
 * @param asked what all tokens of the last block go through, in squares of the width
 */
function stackProducts({ width, layers, mlpRatio = 4 }: Stack, tokens: number, asked: number): number {
  const whole = 4 + 2 * mlpRatio;
  return width ** 2 * (tokens * ((layers - 1) * whole + asked) + (whole - asked));
}
