export * from './evaluate';
export * from './evaluationTables';
export * from './groups';
export * from './protocols';
export type { Evaluation } from './record';
export * from './results';
export * from './sets';
export type { Observer } from './subject';
export * from './writeEvaluation';
