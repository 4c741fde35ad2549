export { canonicalText } from './canonicalText';
export { cleanText } from './cleanText';
export { deleteWords, type EditOptions, editText, replaceSynonyms, swapWords } from './edits';
export { fixText } from './fixText';
export { type MaskedTexts, type MaskingOptions, maskTokens, NO_LABEL } from './masking';
export { type PretrainedTokenizerOptions, readPretrainedTokenizer } from './pretrainedTokenizer';
export { fillTemplates } from './prompts';
export { synonymsOf } from './synonyms';
export {
  createTokenizer,
  type TextTokenizer,
  type TokenizedTexts,
  type Tokenizer,
  type TokenizerOptions,
} from './tokenizer';
export { tokenStrings } from './tokenStrings';
