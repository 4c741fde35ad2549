import * as tf from '@tensorflow/tfjs-core';
import { type PictureSet, takeBatch, toImages } from '../data';
import {
  type Clip,
  headMatrices,
  imageTokens,
  resolveSecondOrder,
  type SecondOrderConfig,
  type TokenSet,
  type Tower,
  textTokens,
  tokenWeights,
  towerScope,
} from '../models';
import { type TokenizedTexts, type Tokenizer, tokenStrings } from '../text';

/** `[channels][channels]`: symmetric; a distance covariance's rows and columns sum to zero. */
export type Matrix = number[][];

/** How much each token of a text counts. */
export interface TextWeights {
  /** The tokens as strings (see `tokenStrings`), start and end included. */
  tokens: string[];
  /** `[heads][tokens]`, each head's sum 1. */
  weights: number[][];
}

/** Stands for the places behind the end of a text, in a model whose statistics take them in. */
export const PADDING = '<padding>';

/**
 * The matrices behind the second-order embeddings of pictures: one for each head, channel against channel, of whatever
 * statistic the model was made with (`SecondOrderConfig.statistic`). All pictures are encoded at once: choose those to
 * look at, not a whole set.
 *
 * @returns `[pictures][heads]` matrices
 * @throws for a model without second-order heads, and for the statistic `mean`, which has no matrices
 */
export function pictureMatrices(model: Clip, set: PictureSet, indices: readonly number[]): Matrix[][] {
  return read(() => matricesOf(model, tokensOfPictures(model, set, indices), 'vision'));
}

/** The same for texts. */
export function textMatrices(model: Clip, tokenizer: Tokenizer, texts: readonly string[]): Matrix[][] {
  return read(() => matricesOf(model, textTokens(model, tokenizer.tokenize([...texts])), 'text'));
}

/**
 * How much each patch of a picture counts in each head's statistic: softmax over patches of the cosine with the class
 * token. With M patches and temperature 1 no weight is far from 1/M.
 *
 * @returns `[pictures][heads][grid][grid]`, row by row from the top left; each head's sum is 1
 * @throws for a model without second-order heads, or one that does not weigh tokens
 */
export function pictureWeights(model: Clip, set: PictureSet, indices: readonly number[]): Matrix[][] {
  const { imageSize, patchSize } = model.config.vision;
  const grid = imageSize / patchSize;
  return read(() => {
    const weights = weightsOf(model, tokensOfPictures(model, set, indices), 'vision'); // [pictures, heads, M]
    return tf.reshape(weights, [...weights.shape.slice(0, 2), grid, grid]);
  });
}

/**
 * How much each token of a text counts in each head's statistic: softmax over tokens of the cosine with the end-of-text
 * token. Where the model keeps the padding, its places follow as `PADDING`.
 *
 * @throws as `pictureWeights`
 */
export function textWeights(model: Clip, tokenizer: Tokenizer, texts: readonly string[]): TextWeights[] {
  const batch: TokenizedTexts = tokenizer.tokenize([...texts]);
  const weights = read<number[][][]>(() => weightsOf(model, textTokens(model, batch), 'text'));
  const padded = resolveSecondOrder(headsOf(model)).padding === 'kept';
  return tokenStrings(tokenizer, batch).map((tokens, text) => {
    const places = padded ? weights[text][0].length : tokens.length;
    return {
      tokens: Array.from({ length: places }, (_, i) => tokens[i] ?? PADDING),
      weights: weights[text].map((head) => head.slice(0, places)),
    };
  });
}

function read<Nested>(compute: () => tf.Tensor): Nested {
  const tensor = tf.tidy(compute);
  const values = tensor.arraySync() as unknown as Nested;
  tensor.dispose();
  return values;
}

function tokensOfPictures(model: Clip, set: PictureSet, indices: readonly number[]): TokenSet {
  return imageTokens(model, toImages(takeBatch(set, indices), null, model.config.vision.imageSize));
}

/** `[batch, heads, channels, channels]` */
function matricesOf(model: Clip, tokens: TokenSet, tower: Tower): tf.Tensor {
  return headMatrices(tokens, towerScope(model, tower), headsOf(model), tower, { training: false });
}

/** `[batch, heads, M]` */
function weightsOf(model: Clip, tokens: TokenSet, tower: Tower): tf.Tensor {
  const heads = headsOf(model);
  if (!resolveSecondOrder(heads).tokenWeighting) {
    throw new Error('This model weighs no tokens: every one counts 1/M. Choose one with tokenWeighting.');
  }
  return tf.transpose(tokenWeights(tokens, towerScope(model, tower), heads), [0, 2, 1]);
}

function headsOf({ config }: Clip): SecondOrderConfig {
  if (!config.secondOrder) {
    throw new Error(
      'Expected a model with second-order heads, got one without: set secondOrder in its config.',
    );
  }
  return config.secondOrder;
}
