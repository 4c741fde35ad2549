export * from './benchmark';
export * from './benchmarkFiles';
export * from './promptFiles';
export * from './registry';
