import type { Random } from '../engine/random';
import type { TokenizedTexts, Tokenizer } from './tokenizer';

/** What becomes of a chosen token; in the rest of the cases it stays, and is to be predicted all the same. */
const MASKED_SHARE = 0.8;
const RANDOM_SHARE = 0.1;

/** The label of a place where nothing is to be predicted. */
export const NO_LABEL = -100;

/** Tokenized texts of which some tokens are hidden, and what was there. */
export interface MaskedTexts extends TokenizedTexts {
  /** The original id at the chosen places, `NO_LABEL` everywhere else. `[texts, contextLength]`, row-major. */
  labels: Int32Array;
}

export interface MaskingOptions {
  /** The probability with which each token is chosen; default 0.15. */
  rate?: number;
}

/**
 * Texts prepared for masked-token prediction, as BERT (Devlin et al. 2019): of the tokens between start and end 15 % are
 * chosen, each for itself; of these 80 % become the mask token, 10 % a random token, 10 % stay. A short text often has
 * none. Source: `mask_tokens` of the official DeCLIP code.
 *
 * The mask token's id is `vocabSize`, one past the tokenizer's largest, so a model needs a vector more. Different from the
 * official code, where the mask token lies below the start token so that the largest id of a row is the end, and where a
 * random token can be a start, end or mask token: here `lengths` say where a text ends, and random tokens are ordinary
 * ones.
 *
 * @returns new arrays; the lengths are the same
 * @throws RangeError if the rate is outside [0, 1]
 */
export function maskTokens(
  { ids, lengths }: TokenizedTexts,
  { vocabSize, startToken, endToken }: Pick<Tokenizer, 'vocabSize' | 'startToken' | 'endToken'>,
  random: Random,
  { rate = 0.15 }: MaskingOptions = {},
): MaskedTexts {
  if (!(rate >= 0 && rate <= 1)) {
    throw new RangeError(`The rate of masking must be a probability from 0 to 1, got ${rate}.`);
  }
  const masked = {
    ids: ids.slice(),
    lengths: lengths.slice(),
    labels: new Int32Array(ids.length).fill(NO_LABEL),
  };
  const contextLength = lengths.length === 0 ? 0 : ids.length / lengths.length;
  const ordinary = Math.min(startToken, endToken);
  lengths.forEach((length, row) => {
    for (let place = row * contextLength; place < row * contextLength + length; place++) {
      const id = ids[place];
      if (id === startToken || id === endToken || random.uniform() >= rate) continue;
      masked.labels[place] = id;
      const fate = random.uniform();
      if (fate < MASKED_SHARE) masked.ids[place] = vocabSize;
      else if (fate < MASKED_SHARE + RANDOM_SHARE) masked.ids[place] = random.integer(ordinary);
    }
  });
  return masked;
}
