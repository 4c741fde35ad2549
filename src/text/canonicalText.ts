import { collapseSpace, plainText } from './cleanText';

/** ASCII punctuation, Python's `string.punctuation`, but for the underscore, which becomes a space. */
const PUNCTUATION = /[!-/:-@[-^`{-~]/g;

/**
 * Text as SigLIP's tokenizers want it: cleaned as for CLIP, and without ASCII punctuation. Source: open_clip's
 * `clean='canonicalize'`, from big_vision.
 *
 * @example canonicalText('A photo-of_a “cat”.') // 'a photoof a cat'
 */
export function canonicalText(text: string): string {
  return collapseSpace(plainText(text).replaceAll('_', ' ').replace(PUNCTUATION, '').toLowerCase());
}
