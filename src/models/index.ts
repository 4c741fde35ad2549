export * from './clip';
export * from './config';
export * from './distanceCovariance';
export * from './presets';
export * from './secondOrder';
export * from './text';
export * from './vision';
