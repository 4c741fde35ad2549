export * from './clip';
export * from './config';
export * from './distanceCovariance';
export * from './restore';
export * from './safetensors';
export * from './secondOrder';
export * from './text';
export * from './vision';
