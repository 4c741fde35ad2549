export { cleanText } from './cleanText';
export { fixText } from './fixText';
export { fillTemplates } from './prompts';
export { createTokenizer, type TokenizedTexts, type Tokenizer, type TokenizerOptions } from './tokenizer';
export { tokenStrings } from './tokenStrings';
