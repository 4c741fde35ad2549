import type { ClipConfig } from '../models';

/** A transformer's sizes, as far as its linear layers go. */
interface Stack {
  width: number;
  layers: number;
  mlpRatio?: number;
}

/**
 * Floating-point operations of all linear layers of a training step of plain CLIP, forward and backward: a multiplication and an
 * addition for each weight and token, three times, as a gradient takes a product for the input and one for the weight. The
 * patches' projection has no gradient for its input. Attention's own products, which its kernel does, are not counted, nor are
 * the last projections.
 *
 * @param textTokens tokens of a text as the tower computes them: of the longest in the batch
 */
export function stepProducts({ vision, text }: ClipConfig, batch: number, textTokens: number): number {
  const patches = (vision.imageSize / vision.patchSize) ** 2;
  const patchWeights = 3 * vision.patchSize ** 2 * vision.width;
  const perPair =
    3 * (patches + 1) * weightsOf(vision) + 3 * textTokens * weightsOf(text) + 2 * patches * patchWeights;
  return 2 * batch * perPair;
}

/** Weights of a stack's linear layers: query, key, value, output; and the two of the MLP. */
function weightsOf({ width, layers, mlpRatio = 4 }: Stack): number {
  return layers * width ** 2 * (4 + 2 * mlpRatio);
}
