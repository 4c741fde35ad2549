export * from './runSweep';
export * from './sweepConfig';
export * from './sweepTable';
export * from './writeSweep';
