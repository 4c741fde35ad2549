import * as tf from '@tensorflow/tfjs-core';
import { type PictureSet, takeBatch, toImages } from '../data';
import type { TokenBatch } from '../models';
import type { Tokenizer } from '../text';

/** The tokens of many pictures or texts, without padding: one item's behind the other's. */
export interface TokenRows {
  /** Unit rows, `[tokens of all items, width]`, row-major. */
  values: Float32Array;
  /** Item i has the rows from `starts[i]` up to `starts[i + 1]`. `[items + 1]` */
  starts: Int32Array;
  width: number;
}

/** Pictures as tokens, `[batch, patches, width]`, unit rows; images are normalised pixels. */
export type EncodePictureTokens = (images: tf.Tensor4D) => tf.Tensor3D;

/** Texts as tokens, unit rows `[batch, words, width]`, and which of them are real, `[batch, words]`: 1 or 0. */
export type EncodeTextTokens = (texts: TokenBatch) => { words: tf.Tensor3D; real: tf.Tensor2D };

/** Pictures or texts encoded at a time. */
const BATCH = 256;

/**
 * The tokens of a set's pictures, whole and unaugmented.
 *
 * @param imageSize the model's, in pixels
 * @param indices which pictures of the set, in the order of the items; all of them unless given
 * @throws when a value is not a finite number, or there are no pictures
 */
export function embedPictureTokens(
  encode: EncodePictureTokens,
  set: PictureSet,
  imageSize: number,
  indices: readonly number[] = [...set.keys.keys()],
): TokenRows {
  return embedInBatches(indices, (chosen) => ({
    tokens: encode(toImages(takeBatch(set, chosen), null, imageSize)),
  }));
}

/**
 * The real tokens of texts, in the texts' order.
 *
 * @throws when a value is not a finite number, a text has no real token, or there are no texts
 */
export function embedTextTokens(
  encode: EncodeTextTokens,
  tokenizer: Tokenizer,
  texts: readonly string[],
): TokenRows {
  return embedInBatches(texts, (chosen) => {
    const { words, real } = encode(tokenizer.tokenize([...chosen]));
    return { tokens: words, real };
  });
}

function embedInBatches<Item>(
  items: readonly Item[],
  encode: (items: readonly Item[]) => { tokens: tf.Tensor3D; real?: tf.Tensor2D },
): TokenRows {
  const parts: TokenRows[] = [];
  for (let start = 0; start < items.length; start += BATCH) {
    const { tokens, real } = tf.tidy(() => encode(items.slice(start, start + BATCH)));
    parts.push(toTokenRows(tokens.dataSync() as Float32Array, tokens.shape, real?.dataSync()));
    tf.dispose([tokens, real ?? []]);
  }
  return concatTokens(parts);
}

/**
 * Takes the real tokens out of padded ones.
 *
 * @param values of `[items, tokens, width]`, row-major
 * @param real 1 for real tokens, 0 for padding, `[items, tokens]`; absent: all are real
 * @throws when a real token has a value that is not a finite number, or an item has no real token
 */
export function toTokenRows(
  values: Float32Array,
  [items, tokens, width]: readonly number[],
  real?: ArrayLike<number>,
): TokenRows {
  const packed: number[] = [];
  const starts = new Int32Array(items + 1);
  for (let place = 0; place < items * tokens; place++) {
    if (!real || real[place] === 1) packed.push(place);
    starts[Math.floor(place / tokens) + 1] = packed.length;
  }
  const rows = new Float32Array(packed.length * width);
  packed.forEach((place, row) => {
    rows.set(values.subarray(place * width, (place + 1) * width), row * width);
  });
  const broken = rows.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) throw new Error(`Expected finite tokens, got ${rows[broken]}: check the model's weights.`);
  const empty = starts.findIndex((start, i) => i > 0 && start === starts[i - 1]);
  if (empty > 0) throw new Error(`Expected a real token in every item, item ${empty - 1} has none.`);
  return { values: rows, starts, width };
}

/** The tokens of several lists of items as one list, in order. @throws without any, or when their widths differ. */
export function concatTokens(parts: readonly TokenRows[]): TokenRows {
  if (parts.length === 0) throw new Error('Expected pictures or texts to take the tokens of, got none.');
  const { width } = parts[0];
  const odd = parts.find((part) => part.width !== width);
  if (odd)
    throw new Error(`Expected tokens ${width} wide, got some ${odd.width} wide: use one model for all.`);
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.values.length, 0));
  const starts = [0];
  for (const part of parts) {
    const before = starts[starts.length - 1];
    values.set(part.values, before * width);
    for (let item = 1; item < part.starts.length; item++) starts.push(before + part.starts[item]);
  }
  return { values, starts: Int32Array.from(starts), width };
}

/** How many pictures or texts there are. */
export function itemsOf({ starts }: TokenRows): number {
  return starts.length - 1;
}

/** The items at the given places, in their order. */
export function selectItems({ values, starts, width }: TokenRows, places: readonly number[]): TokenRows {
  const parts = places.map((place) => ({
    values: values.subarray(starts[place] * width, starts[place + 1] * width),
    starts: Int32Array.of(0, starts[place + 1] - starts[place]),
    width,
  }));
  return concatTokens(parts);
}
