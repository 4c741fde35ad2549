export * from './benchmark';
export * from './benchmarkFiles';
export * from './places';
export * from './promptFiles';
export * from './registry';
