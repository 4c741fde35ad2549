export * from './attention';
export * from './initialise';
export * from './linear';
export * from './normalise';
export * from './parameters';
export * from './recompute';
export * from './restore';
export * from './transformer';
