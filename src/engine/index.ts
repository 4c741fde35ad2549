export * from './backend';
export * from './gelu';
export * from './layerNorm';
export * from './random';
export * from './stopGradient';
