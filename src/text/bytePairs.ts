import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { mergePairs } from './mergePairs';

const VOCABULARY_FILE = join(__dirname, 'bpe_simple_vocab_16e6.txt.gz');

/** Marks the last symbol of a word. */
export const WORD_END = '</w>';

/** How words fall apart into the symbols of a byte-pair vocabulary. */
export interface BytePairs {
  /** Every symbol in the order of its id: 256 bytes, the same with the word end, then one for each merge. */
  symbols: string[];
  /** The symbols of one word, given as UTF-8 bytes. */
  split(word: Uint8Array): string[];
  /** The bytes behind symbols joined without their word ends. */
  toBytes(text: string): Uint8Array;
}

/**
 * The first `mergeCount` merges of CLIP's published vocabulary (at most 48,894).
 * Source: open_clip's `SimpleTokenizer.bpe`; Sennrich et al., 2016.
 */
export function loadBytePairs(mergeCount: number): BytePairs {
  const merges = readMerges().slice(0, mergeCount);
  const ranks = new Map(merges.map((merge, rank) => [merge, rank]));
  const bytes = printableBytes();
  const byteOf = new Map(bytes.map((character, byte) => [character, byte]));
  const inFileOrder = [...bytes].sort((a, b) => (a < b ? -1 : 1));
  const symbols = [
    ...inFileOrder,
    ...inFileOrder.map((character) => character + WORD_END),
    ...merges.map((merge) => merge.replace(' ', '')),
  ];
  return {
    symbols,
    split(word) {
      const characters = Array.from(word, (byte) => bytes[byte]);
      characters[characters.length - 1] += WORD_END;
      return mergePairs(characters, ranks);
    },
    toBytes: (text) => Uint8Array.from(text, (character) => byteOf.get(character)!),
  };
}

let publishedMerges: string[] | undefined;

/** The merges as "left right", most frequent first. The file's first line is a title. */
function readMerges(): string[] {
  publishedMerges ??= gunzipSync(readFileSync(VOCABULARY_FILE)).toString('utf8').split('\n').slice(1, 48895);
  return publishedMerges;
}

/** One visible character for each byte: itself where it is printable in Latin-1, else one from U+0100 on. */
function printableBytes(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isVisible =
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
    return String.fromCharCode(isVisible ? byte : next++);
  });
}
