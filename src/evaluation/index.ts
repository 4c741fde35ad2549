export * from './auroc';
export * from './embeddings';
export * from './retrieval';
export * from './statistics';
export * from './zeroShot';
export * from './encode';
export * from './measure';
