export * from './backend';
export * from './batchNorm';
export * from './gelu';
export * from './layerNorm';
export * from './random';
export * from './stopGradient';
