export * from './benchmark';
export * from './benchmarkFiles';
export * from './fetchBenchmark';
export * from './places';
export * from './presentFiles';
export * from './promptFiles';
export * from './registry';
export * from './survey';
