export * from './auroc';
export * from './embeddings';
export * from './encode';
export * from './guesses';
export * from './measure';
export * from './retrieval';
export * from './statistics';
export * from './zeroShot';
