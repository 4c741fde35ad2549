import { packRecord, type RecordHeader } from './recordHeader';
import { cleanTexts } from './texts';

/** What RecordIO needs of a tokenizer; `createTokenizer()` is the official code's. */
export interface PairTokenizer {
  readonly contextLength: number;
  readonly startToken: number;
  readonly endToken: number;
  tokenize(texts: string[]): { ids: Int32Array };
  decode(ids: ArrayLike<number>): string;
}

/**
 * A picture with its raw text and its synthetic caption in one record. The texts are kept as token ids, which are the
 * label: one row for the raw text, one for the caption, 77 numbers each.
 * Source: official ALIP code, `data2rec.py` (which encodes the picture anew; here it is stored as it is).
 *
 * @param texts the raw text and the caption; a missing one is a row without words, any others are left out
 */
export function packPair(
  texts: readonly string[],
  image: Uint8Array,
  id: number,
  tokenizer: PairTokenizer,
): Buffer {
  return packRecord({ label: labelOf(texts, tokenizer), id: BigInt(id) }, image);
}

/** The token ids of the first two texts, as a record's label. */
function labelOf(texts: readonly string[], tokenizer: PairTokenizer): Float32Array {
  return Float32Array.from(tokenizer.tokenize([texts[0] ?? '', texts[1] ?? '']).ids);
}

/** Does a record's label hold the tokens of these texts? */
export function holdsTexts(
  { label }: RecordHeader,
  texts: readonly string[],
  tokenizer: PairTokenizer,
): boolean {
  if (typeof label === 'number') return false;
  const own = labelOf(texts, tokenizer);
  return own.length === label.length && own.every((id, i) => id === label[i]);
}

/**
 * The raw text and the caption behind a record's label, as far as tokens tell: in lower case, words and marks apart,
 * cut at the context length. Null where the label is no such pair.
 *
 * @throws RangeError on an id the tokenizer does not know
 */
export function unpackPair({ label }: RecordHeader, tokenizer: PairTokenizer): string[] | null {
  const { contextLength, startToken, endToken } = tokenizer;
  if (typeof label === 'number' || label.length !== 2 * contextLength) return null;
  const rows = [label.subarray(0, contextLength), label.subarray(contextLength)];
  if (rows.some((row) => row[0] !== startToken)) return null;
  return cleanTexts(rows.map((row) => tokenizer.decode(row.subarray(1, lengthOf(row, endToken)))));
}

function lengthOf(row: Float32Array, endToken: number): number {
  const end = row.indexOf(endToken);
  return end < 0 ? row.length : end;
}
