import type { TokenizedTexts, Tokenizer } from './tokenizer';

/**
 * The tokens of each text as strings, start and end included, padding left out. As `decode` has it, a piece that ends a
 * word ends with a space; bytes that are no whole letter by themselves are `�`.
 *
 * @throws RangeError on an id the tokenizer does not know
 */
export function tokenStrings(tokenizer: Tokenizer, { ids, lengths }: TokenizedTexts): string[][] {
  const contextLength = lengths.length === 0 ? 0 : ids.length / lengths.length;
  return Array.from(lengths, (length, row) => {
    const own = ids.subarray(row * contextLength, row * contextLength + length);
    return Array.from(own, (id) => tokenizer.decode([id]));
  });
}
