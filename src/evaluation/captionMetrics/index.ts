export * from './bleu';
export * from './cider';
export type { CaptionPair } from './nGrams';
export * from './score';
export * from './tokenise';
