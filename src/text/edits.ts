import type { Random } from '../engine/random';
import { synonymsOf } from './synonyms';

export interface EditOptions {
  /** Different words that get a synonym, or pairs of words that change places; default 1. */
  words?: number;
  /** The probability with which each word is deleted; default 0.1. */
  deletionRate?: number;
}

/**
 * English words that carry grammar rather than meaning and get no synonym, since WordNet reads "in" as indium and "a" as
 * ampere. Our own list, where textaugment takes NLTK's English stop words.
 */
const FUNCTION_WORDS = new Set(
  (
    'a an the this that these those all any both each few more most other some such no nor not only own same ' +
    'i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers ' +
    'herself it its itself they them their theirs themselves what which who whom whose ' +
    'am is are was were be been being have has had having do does did doing can could will would shall should may ' +
    'might must and but if or because as until while than so too very just then once here there when where why how ' +
    'now again further of at by for with about against between into through during before after above below to from ' +
    'up down in out on off over under'
  ).split(' '),
);

/**
 * A text with one small edit, which leaves its meaning about the same: one of synonym replacement, swapping and deletion,
 * with equal chances. A short text often comes back as it was: nothing has a synonym, or no word was deleted.
 * Source: EDA (Wei and Zou 2019) without its insertion, as DeCLIP has it from the Python package `textaugment` with its
 * defaults. Words are what stands between white space, and come back with single spaces between them.
 *
 * @example editText('a red apple', createRandom(0)) // 'red a apple', say, or 'a crimson apple', or 'a apple'
 * @returns a text with at least one word, unless the text had none
 * @throws RangeError if an option is out of range
 */
export function editText(text: string, random: Random, { words, deletionRate }: EditOptions = {}): string {
  const edits = [
    () => replaceSynonyms(text, random, words),
    () => swapWords(text, random, words),
    () => deleteWords(text, random, deletionRate),
  ];
  return random.pick(edits)();
}

/**
 * Replaces words by one of their synonyms each, wherever they occur: the first `count` words, in random order, that have any
 * and are no function words. Capital letters make no difference, where in textaugment "The" is no function word.
 *
 * @throws RangeError if the count is no whole number from 0
 */
export function replaceSynonyms(text: string, random: Random, count = 1): string {
  checkCount(count);
  const words = splitWords(text);
  const different = [...new Set(words.map((word) => word.toLowerCase()))];
  const replacements = new Map<string, string>();
  for (const word of random.shuffle(different.filter((word) => !FUNCTION_WORDS.has(word)))) {
    if (replacements.size === count) break;
    const synonyms = synonymsOf(word);
    if (synonyms.length > 0) replacements.set(word, random.pick(synonyms));
  }
  return words.map((word) => replacements.get(word.toLowerCase()) ?? word).join(' ');
}

/**
 * Exchanges two words, `count` times; a text of one word stays. textaugment gives up where its first three draws of a second
 * place are the first one, and so leaves one in n³ texts of n words as they are.
 *
 * @throws RangeError if the count is no whole number from 0
 */
export function swapWords(text: string, random: Random, count = 1): string {
  checkCount(count);
  const words = splitWords(text);
  for (let swap = 0; swap < count && words.length > 1; swap++) {
    const first = random.integer(words.length);
    const second = (first + 1 + random.integer(words.length - 1)) % words.length;
    [words[first], words[second]] = [words[second], words[first]];
  }
  return words.join(' ');
}

/**
 * Deletes each word with the probability `rate`; where that leaves none, a random one stays.
 *
 * @throws RangeError if the rate is outside [0, 1]
 */
export function deleteWords(text: string, random: Random, rate = 0.1): string {
  if (!(rate >= 0 && rate <= 1)) {
    throw new RangeError(`The rate of deletion must be a probability from 0 to 1, got ${rate}.`);
  }
  const words = splitWords(text);
  if (words.length < 2) return words.join(' ');
  const kept = words.filter(() => random.uniform() >= rate);
  return kept.length > 0 ? kept.join(' ') : random.pick(words);
}

function splitWords(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function checkCount(count: number): void {
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`The number of words to edit must be a whole number from 0, got ${count}.`);
  }
}
