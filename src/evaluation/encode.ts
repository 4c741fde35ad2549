import * as tf from '@tensorflow/tfjs-core';
import { type PictureSet, takeBatch, toImages } from '../data';
import { type Clip, type Encoded, encodeImages, encodeTexts } from '../models';
import type { Tokenizer } from '../text';
import { concatEmbeddings, type Embeddings, normaliseRows, toEmbeddings } from './embeddings';

/** What a model says about a list of pictures or texts: unit rows of each order it has. */
export interface EncodedRows {
  first: Embeddings;
  second?: Embeddings;
}

/**
 * Which vectors decide at test time: those of the first order only (DALIP's official code), of the second only, or both by
 * the sum of their cosines (DALIP's figure).
 */
export type VectorScoring = 'first' | 'second' | 'both';

/** What decides at test time: vectors, or the similarities of single tokens (FILIP). */
export type Scoring = VectorScoring | 'tokens';

/** Pictures or texts encoded at a time. */
const BATCH = 256;

/**
 * Pictures of a set, whole and unaugmented, as rows of unit length.
 *
 * @param indices which pictures of the set, in the order of the rows; all of them unless given
 * @param encode what is made of a batch of normalised pictures; the model's embeddings unless given
 */
export function embedPictures(
  model: Clip,
  set: PictureSet,
  indices: readonly number[] = [...set.keys.keys()],
  encode: (images: tf.Tensor4D) => Encoded = (images) => encodeImages(model, images),
): EncodedRows {
  const { imageSize } = model.config.vision;
  return embedInBatches(indices, (chosen) => encode(toImages(takeBatch(set, chosen), null, imageSize)));
}

/** Texts as rows of unit length, in the texts' order. */
export function embedTexts(model: Clip, tokenizer: Tokenizer, texts: readonly string[]): EncodedRows {
  return embedInBatches(texts, (chosen) => encodeTexts(model, tokenizer.tokenize([...chosen])));
}

function embedInBatches<Item>(
  items: readonly Item[],
  encode: (items: readonly Item[]) => Encoded,
): EncodedRows {
  const parts: EncodedRows[] = [];
  for (let start = 0; start < items.length; start += BATCH) {
    const { first, second } = tf.tidy(() => ({ ...encode(items.slice(start, start + BATCH)) }));
    parts.push({ first: download(first), second: second && download(second) });
  }
  const second = parts.flatMap((part) => part.second ?? []);
  return {
    first: concatEmbeddings(parts.map((part) => part.first)),
    second: second.length > 0 ? concatEmbeddings(second) : undefined,
  };
}

function download(tensor: tf.Tensor2D): Embeddings {
  const embeddings = toEmbeddings(tensor.dataSync(), tensor.shape[1]);
  tensor.dispose();
  return embeddings;
}

/**
 * The rows whose dot products are the scores: for `both`, first and second order side by side, so that one dot product
 * is the sum of the two cosines.
 *
 * @throws when the second order is asked for and the model has none
 */
export function rowsFor(scoring: VectorScoring, { first, second }: EncodedRows): Embeddings {
  if (scoring === 'first') return first;
  if (!second) throw new Error('Second-order scoring needs a model with second-order heads.');
  return scoring === 'second' ? second : sideBySide(normaliseRows(first), normaliseRows(second));
}

function sideBySide(a: Embeddings, b: Embeddings): Embeddings {
  const width = a.width + b.width;
  const values = new Float32Array(a.rows * width);
  for (let row = 0; row < a.rows; row++) {
    values.set(a.values.subarray(row * a.width, (row + 1) * a.width), row * width);
    values.set(b.values.subarray(row * b.width, (row + 1) * b.width), row * width + a.width);
  }
  return { values, rows: a.rows, width };
}
