import { loadBytePairs, WORD_END } from './bytePairs';
import { cleanText } from './cleanText';

const START = '<start_of_text>';
const END = '<end_of_text>';
const PUBLISHED_VOCABULARY = 49408;
/** 256 bytes, the same at the end of a word, and the two special tokens. */
const VOCABULARY_WITHOUT_MERGES = 514;

/** Words whose tokens are remembered: the common ones come first, and a stream of new ones must not fill the memory. */
const MOST_WORDS = 2 ** 18;
const LONGEST_WORD = 64;

/**
 * Special tokens, English contractions, runs of letters, single digits, runs of anything else. U+0345, a combining
 * mark that case folding makes a letter, belongs to none of them in open_clip's pattern and is dropped.
 */
const WORDS =
  /<start_of_text>|<end_of_text>|'[sſ]|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|(?:(?!\u0345)[^\s\p{L}\p{N}])+/gu;

/**
 * Characters read of a text for each token of a row: many more than the longest token has. A caption of megabytes is then cut
 * before it is taken apart, which costs memory, and for runs of millions of characters more than a regular expression has.
 */
const READ_PER_TOKEN = 1024;

export interface TokenizerOptions {
  /** Tokens per text, start and end included. Default 77. */
  contextLength?: number;
  /** Size of the vocabulary; below 49,408 it keeps the first `vocabSize − 514` merges. Default 49,408. */
  vocabSize?: number;
}

/** Texts as rows of token ids, padded, by CLIP's tokenizer with 0. */
export interface TokenizedTexts {
  /** `[texts, contextLength]`, row-major. */
  ids: Int32Array;
  /** `[texts]`: tokens in each row, start and end included. */
  lengths: Int32Array;
}

/** What a text tower needs: CLIP's tokenizer is one, another model's comes from its files (`readPretrainedTokenizer`). */
export interface TextTokenizer {
  readonly vocabSize: number;
  readonly contextLength: number;
  /** The ids of one text, cleaned, of any length, without start and end. */
  encode(text: string): number[];
  /** Rows for a model. A text that is too long is cut, with the end token in the last place. */
  tokenize(texts: string[]): TokenizedTexts;
}

export interface Tokenizer extends TextTokenizer {
  readonly startToken: number;
  /** The largest id, so that CLIP finds the end of a text as the argument of the maximum. */
  readonly endToken: number;
  /** The text behind ids, in lower case with one space after each word. Throws a `RangeError` on an unknown id. */
  decode(ids: ArrayLike<number>): string;
}

/**
 * CLIP's tokenizer: byte-pair encoding over cleaned, lower-case text, with the published vocabulary.
 * Source: open_clip's `SimpleTokenizer`; equality is tested on `test/golden/tokenizer.json.gz`.
 *
 * @example createTokenizer().encode('a photo of a cat') // [320, 1125, 539, 320, 2368]
 * @throws RangeError if a size is out of range
 */
export function createTokenizer(options: TokenizerOptions = {}): Tokenizer {
  const { contextLength = 77, vocabSize = PUBLISHED_VOCABULARY } = options;
  checkSizes(contextLength, vocabSize);
  const pairs = loadBytePairs(vocabSize - VOCABULARY_WITHOUT_MERGES);
  const symbols = [...pairs.symbols, START, END];
  const startToken = vocabSize - 2;
  const endToken = vocabSize - 1;
  const idOf = new Map(symbols.map((symbol, id) => [symbol, id]));
  const idsOfWord = new Map<string, number[]>([
    [START, [startToken]],
    [END, [endToken]],
  ]);
  const utf8 = new TextEncoder();

  function encodeWord(word: string): number[] {
    let ids = idsOfWord.get(word);
    if (!ids) {
      ids = pairs.split(utf8.encode(word)).map((symbol) => idOf.get(symbol)!);
      if (idsOfWord.size < MOST_WORDS && word.length < LONGEST_WORD) idsOfWord.set(word, ids);
    }
    return ids;
  }

  const idsOf = (cleaned: string) => (cleaned.match(WORDS) ?? []).flatMap(encodeWord);
  const encode = (text: string) => idsOf(cleanText(text));

  function decode(ids: ArrayLike<number>): string {
    const text = Array.from(ids, (id) => {
      if (symbols[id] === undefined) throw new RangeError(unknownId(id, vocabSize));
      return symbols[id];
    }).join('');
    return new TextDecoder().decode(pairs.toBytes(text)).replaceAll(WORD_END, ' ');
  }

  function tokenize(texts: string[]): TokenizedTexts {
    const ids = new Int32Array(texts.length * contextLength);
    const lengths = new Int32Array(texts.length);
    texts.forEach((text, row) => {
      const read = cleanText(text).slice(0, contextLength * READ_PER_TOKEN);
      const body = idsOf(read).slice(0, contextLength - 2);
      ids.set([startToken, ...body, endToken], row * contextLength);
      lengths[row] = body.length + 2;
    });
    return { ids, lengths };
  }

  return { vocabSize, contextLength, startToken, endToken, encode, decode, tokenize };
}

function checkSizes(contextLength: number, vocabSize: number): void {
  if (!Number.isInteger(contextLength) || contextLength < 2) {
    throw new RangeError(
      `contextLength must be a whole number of at least 2 (start and end token), got ${contextLength}.`,
    );
  }
  if (
    !Number.isInteger(vocabSize) ||
    vocabSize < VOCABULARY_WITHOUT_MERGES ||
    vocabSize > PUBLISHED_VOCABULARY
  ) {
    throw new RangeError(
      `vocabSize must be a whole number from ${VOCABULARY_WITHOUT_MERGES} to ${PUBLISHED_VOCABULARY}, got ${vocabSize}.`,
    );
  }
}

function unknownId(id: number, vocabSize: number): string {
  return `Token ids go from 0 to ${vocabSize - 1}, got ${id}; decode with the tokenizer that made them.`;
}
