export * from './alip';
export * from './alipGates';
export * from './alipRanks';
export * from './clip';
export * from './dalip';
