import { fixText } from './fixText';
import { unescapeHtml } from './htmlEntities';

/** White space as Python sees it, which is not JavaScript's `\s`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: Python counts U+001C to U+001F as white space
const WHITE_SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/**
 * Text as CLIP's tokenizer wants it: repaired, HTML references decoded twice, white space collapsed, lower case.
 * Source: open_clip's `SimpleTokenizer` with its default `clean='lower'`.
 *
 * @example cleanText('  A&amp;B\tﬁne “Photo” ') // 'a&b fine "photo"'
 */
export function cleanText(text: string): string {
  return collapseSpace(plainText(text)).toLowerCase();
}

/** Repaired, HTML references decoded twice: open_clip's `basic_clean` but for the white space at both ends. */
export function plainText(text: string): string {
  return unescapeHtml(unescapeHtml(fixText(text)));
}

/** One space for each run of white space, none at the ends. */
export function collapseSpace(text: string): string {
  return text.replace(WHITE_SPACE, ' ').replace(/^ | $/g, '');
}
