import { createTokenizer, type Tokenizer } from '../text';

/** Ids that no piece of a word has. */
export const PADDING = 0;
export const CAPTION_START = 1;
export const CAPTION_END = 2;
const FIRST_PIECE = 3;

/** The pieces of words that a captioner knows: those of CLIP's tokenizer that its training texts need. */
export interface CaptionVocabulary {
  /** Ids: padding, start, end and the pieces. */
  readonly size: number;
  /** The pieces' ids in the tokenizer, in the order of their ids here. */
  readonly pieces: readonly number[];
  /** How many ids the tokenizer has. */
  readonly tokenizerSize: number;
  /** The ids of a text, without start and end; pieces that are not known are left out. */
  encode(text: string): number[];
  /** A text in lower case, punctuation and hyphens joined to their words; padding, start and end say nothing. */
  decode(ids: readonly number[]): string;
  /** Does a word of letters or digits end with this piece? */
  endsWord(id: number): boolean;
}

/** The vocabulary of texts: every piece that they need. */
export function vocabularyOf(texts: readonly string[], tokenizer: Tokenizer): CaptionVocabulary {
  const used = new Set(texts.flatMap((text) => tokenizer.encode(text)));
  return openVocabulary(
    [...used].sort((a, b) => a - b),
    tokenizer.vocabSize,
  );
}

/** A vocabulary by its pieces, as a file keeps it. */
export function openVocabulary(pieces: readonly number[], tokenizerSize: number): CaptionVocabulary {
  const tokenizer = createTokenizer({ vocabSize: tokenizerSize });
  const idOf = new Map(pieces.map((piece, place) => [piece, place + FIRST_PIECE]));
  const ends = pieces.map((piece) => /[\p{L}\p{N}] $/u.test(tokenizer.decode([piece])));
  return {
    size: pieces.length + FIRST_PIECE,
    pieces,
    tokenizerSize,
    encode: (text) => tokenizer.encode(text).flatMap((piece) => idOf.get(piece) ?? []),
    decode: (ids) => joined(tokenizer.decode(ids.flatMap((id) => pieces[id - FIRST_PIECE] ?? []))),
    endsWord: (id) => ends[id - FIRST_PIECE] ?? false,
  };
}

function joined(text: string): string {
  return text
    .replace(/ ([,.;:!?)\]])/g, '$1')
    .replace(/([([]) /g, '$1')
    .replace(/(\p{L}|\p{N}) - (?=\p{L}|\p{N})/gu, '$1-')
    .replace(/ ?' ?s\b/g, "'s")
    .trim();
}
