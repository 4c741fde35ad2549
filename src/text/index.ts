export { cleanText } from './cleanText';
export { deleteWords, type EditOptions, editText, replaceSynonyms, swapWords } from './edits';
export { fixText } from './fixText';
export { type MaskedTexts, type MaskingOptions, maskTokens, NO_LABEL } from './masking';
export { fillTemplates } from './prompts';
export { synonymsOf } from './synonyms';
export { createTokenizer, type TokenizedTexts, type Tokenizer, type TokenizerOptions } from './tokenizer';
export { tokenStrings } from './tokenStrings';
